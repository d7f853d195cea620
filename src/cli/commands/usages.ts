import { resolve } from 'node:path'
import type { Json } from '../../base/json.ts'
import type { Command } from '../command.ts'
import { NOW } from '../options.ts'
import { count } from '../print.ts'
import { plainOf, SETTLING, settlingOf } from '../settling.ts'
import { endedReasons, rolledOut } from '../stale.ts'
import { type Usage, usagesIn } from '../usages.ts'
import { flagOf, loadWorkspace, nowOf } from '../workspace.ts'

export const usages: Command = {
  name: 'usages',
  topic: 'workspace',
  summary: 'find the code that asks for flags, and refuse unknown and stale ones',
  about:
    'Looks in source files for keys in quotes, and for the constants that `ensign types` makes; a key that code puts together\nfrom pieces is not found. Ends with 1 where code asks for a flag that there is not, in a call on something that is named\nflags or view or in one of OpenFeature, or for one that is archived or past its day; with --days also for one that serves\none variant to everyone.',
  args: [{ name: 'flag', about: 'only these flags', optional: true, many: true }],
  options: [
    { flags: '--code <folder>', about: 'where the code is, instead of the folder that you are in', many: true },
    ...SETTLING,
    NOW,
  ],
  examples: [
    { command: 'ensign usages new-checkout --code ../shop/src', shows: 'where new-checkout is asked for' },
    { command: 'ensign usages --code src --days 30', shows: 'in CI: fails on flags that code should not ask for' },
  ],
  json: {
    usages: 'array of {flag, file, line}',
    unused: 'array of flags that no code names',
    unknown: 'array of {flag, file, line}: there is no such flag',
    stale: 'array of {flag, reasons, usages}: code should not ask for it any more',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const chosen = call.list('flag')
    for (const key of chosen) flagOf(workspace, key)
    const wanted = chosen.length > 0 ? chosen : [...workspace.flags.keys()]
    const folders = call.list('code').length > 0 ? call.list('code') : ['.']
    const found = await usagesIn(
      folders.map(folder => resolve(call.io.cwd, folder)),
      new Set(workspace.flags.keys()),
    )
    const here = (one: Usage): Usage => ({
      ...one,
      file: one.file.startsWith(`${call.io.cwd}/`) ? one.file.slice(call.io.cwd.length + 1) : one.file,
    })
    const known = found.known.filter(({ flag }) => wanted.includes(flag)).map(here)
    const unknown = chosen.length > 0 ? [] : found.unknown.map(here)
    const unused = wanted.filter(key => !known.some(one => one.flag === key))
    const now = nowOf(call)
    const settling = await settlingOf(call, workspace)
    const plain = settling === undefined ? new Map() : plainOf(workspace)
    const stale = wanted.flatMap(key => {
      const { content } = flagOf(workspace, key)
      const rolled = rolledOut(content, plain, now, settling)
      const reasons = [...endedReasons(content, now), ...(rolled === undefined ? [] : [rolled])]
      const places = known.filter(({ flag }) => flag === key).length
      return reasons.length === 0 || places === 0 ? [] : [{ flag: key, reasons, usages: places }]
    })
    const { red } = call.paint
    return {
      exit: unknown.length > 0 || stale.length > 0 ? 1 : 0,
      json: { usages: known, unused, unknown, stale } as unknown as Json,
      text: [
        ...known.map(one => `${one.file}:${one.line}  ${one.flag}`),
        ...(known.length > 0 ? [''] : []),
        ...unknown.map(one => `${red('unknown')}  ${one.file}:${one.line}  ${one.flag}: there is no such flag`),
        ...stale.map(one => `${red('stale')}  ${one.flag}: ${one.reasons.join(', ')}`),
        ...(unknown.length + stale.length > 0 ? [''] : []),
        `${count(known.length, 'usage')} of ${count(wanted.length - unused.length, 'flag')}${unused.length > 0 ? `, none of ${unused.join(', ')}` : ''}`,
      ].join('\n'),
    }
  },
}
