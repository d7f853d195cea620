import type { Command } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import { failed } from '../doctor/failed.ts'
import { CHECKS } from '../doctor/table.ts'
import type { Verdict } from '../doctor/types.ts'
import { READING_ALL } from '../place.ts'
import { count } from '../print.ts'

interface Finding extends Verdict {
  readonly name: string
}

const WIDTH = Math.max(...CHECKS.map(({ name }) => name.length))

export const doctor: Command = {
  name: 'doctor',
  topic: 'workspace',
  summary: 'check keys, root, store and clock, and what ends soon',
  about:
    'Reads only. Each line is ok, warn or fail; what is not ok has its cure below it. With --to the store is that of a server,\nand the clock is compared with the server. Ends with 1 where something fails.',
  options: [...READING_ALL],
  examples: [
    { command: 'ensign doctor', shows: 'this machine, this workspace and its store' },
    { command: 'ensign doctor --to https://flags.example.com', shows: 'the same against a server' },
  ],
  json: {
    checks: 'array of {name, level, code, what, cure}; level is ok, warn or fail; code and cure may be null',
    ok: 'how many are ok',
    warnings: 'how many are not, and fail nothing',
    failures: 'how many fail',
  },
  async run(call) {
    const examined = await examine(call)
    const findings: Finding[] = []
    for (const check of CHECKS) {
      call.progress(check.name)
      const verdicts = await Promise.resolve(check.look(examined)).catch(error => [failed(error)])
      for (const verdict of verdicts) {
        const cure = verdict.level === 'ok' ? {} : { cure: verdict.cure ?? check.cure }
        findings.push({ name: check.name, ...verdict, ...cure })
      }
    }
    const number = (level: Verdict['level']) => findings.filter(one => one.level === level).length
    const [warnings, failures] = [number('warn'), number('fail')]
    const paint = { ok: call.paint.green, warn: call.paint.yellow, fail: call.paint.red }
    const lines = findings.flatMap(({ name, level, code, what, cure }) => [
      `${paint[level](level.padEnd(4))}  ${name.padEnd(WIDTH)}  ${what}${code === undefined ? '' : ` [${code}]`}`,
      ...(cure === undefined ? [] : [`${' '.repeat(WIDTH + 8)}${call.paint.green('cure:')} ${cure}`]),
    ])
    return {
      exit: failures > 0 ? 1 : 0,
      json: {
        checks: findings.map(({ name, level, code, what, cure }) => {
          return { name, level, code: code ?? null, what, cure: cure ?? null }
        }),
        ok: number('ok'),
        warnings,
        failures,
      },
      text: [...lines, '', `${number('ok')} ok, ${count(warnings, 'warning')}, ${count(failures, 'failure')}`].join(
        '\n',
      ),
    }
  },
}
