import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { NOW } from '../options.ts'
import { columns, count } from '../print.ts'
import { plainOf, SETTLING, settlingOf } from '../settling.ts'
import { endedReasons, rolledOut } from '../stale.ts'
import { usagesIn } from '../usages.ts'
import { loadWorkspace, nowOf } from '../workspace.ts'

export const stale: Command = {
  name: 'stale',
  topic: 'workspace',
  summary: 'list flags that have done their work',
  about:
    'A flag is listed when it is archived, past its day, serves one variant to everyone in all environments, or, with\n--code, when no code asks for it. With --days the one variant counts only after so many days in which no release, stop or\nstep of a ramp touched the flag, and one that is off everywhere counts too; that is read from the logs of all environments.',
  options: [{ flags: '--code <folder>', about: 'where the code is', many: true }, ...SETTLING, NOW],
  examples: [{ command: 'ensign stale --code ../shop/src --days 30', shows: 'what can be cleaned up' }],
  json: { flags: 'array of {flag, file, owner, reasons}' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const folders = call.list('code').map(folder => resolve(call.io.cwd, folder))
    const usages = folders.length === 0 ? undefined : await usagesIn(folders, new Set(workspace.flags.keys()))
    const used = usages && new Set(usages.known.map(one => one.flag))
    const plain = plainOf(workspace)
    const now = nowOf(call)
    const settling = await settlingOf(call, workspace)
    const flags = [...workspace.flags.values()].flatMap(({ file, content }) => {
      const rolled = rolledOut(content, plain, now, settling)
      const reasons = [
        ...endedReasons(content, now),
        ...(used?.has(content.key) === false ? ['no code asks for it'] : []),
        ...(rolled === undefined ? [] : [rolled]),
      ]
      return reasons.length === 0 ? [] : [{ flag: content.key, file, owner: content.owner ?? null, reasons }]
    })
    const rows = flags.map(({ flag, owner, reasons }) => [flag, owner ?? 'nobody', reasons.join(', ')])
    return {
      json: { flags },
      text: [
        ...(rows.length > 0 ? [columns(rows), ''] : []),
        `${count(flags.length, 'flag')} of ${workspace.flags.size} ready to go`,
      ].join('\n'),
    }
  },
}
