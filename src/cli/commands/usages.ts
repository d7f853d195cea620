import { resolve } from 'node:path'
import type { Json } from '../../base/json.ts'
import type { Command } from '../command.ts'
import { count } from '../print.ts'
import { usagesIn } from '../usages.ts'
import { flagOf, loadWorkspace } from '../workspace.ts'

export const usages: Command = {
  name: 'usages',
  topic: 'workspace',
  summary: 'find the code that asks for flags',
  about: 'Looks for the keys in quotes in source files; a key that code puts together from pieces is not found.',
  args: [{ name: 'flag', about: 'only these flags', optional: true, many: true }],
  options: [
    { flags: '--code <folder>', about: 'where the code is, instead of the folder that you are in', many: true },
  ],
  examples: [{ command: 'ensign usages new-checkout --code ../shop/src', shows: 'where new-checkout is asked for' }],
  json: { usages: 'array of {flag, file, line}', unused: 'array of flags that no code names' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const wanted = call.list('flag').length > 0 ? call.list('flag') : [...workspace.flags.keys()]
    for (const key of wanted) flagOf(workspace, key)
    const folders = call.list('code').length > 0 ? call.list('code') : ['.']
    const found = (
      await usagesIn(
        folders.map(folder => resolve(call.io.cwd, folder)),
        new Set(wanted),
      )
    ).map(one => ({
      ...one,
      file: one.file.startsWith(`${call.io.cwd}/`) ? one.file.slice(call.io.cwd.length + 1) : one.file,
    }))
    const unused = wanted.filter(key => !found.some(one => one.flag === key))
    return {
      json: { usages: found as unknown as Json, unused },
      text: [
        ...found.map(one => `${one.file}:${one.line}  ${one.flag}`),
        ...(found.length > 0 ? [''] : []),
        `${count(found.length, 'usage')} of ${count(wanted.length - unused.length, 'flag')}${unused.length > 0 ? `, none of ${unused.join(', ')}` : ''}`,
      ].join('\n'),
    }
  },
}
