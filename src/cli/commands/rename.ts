import { rename as move, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import type { Problem } from '../../publisher/workspace/problem.ts'
import { checkFile } from '../../publisher/workspace/read.ts'
import type { Command } from '../command.ts'
import { count } from '../print.ts'
import { referencesTo, replaceAt, scalarAt } from '../references.ts'
import { flagOf, inWorkspace, loadWorkspace } from '../workspace.ts'

export const rename: Command = {
  name: 'rename',
  topic: 'workspace',
  summary: 'give a flag another key, and keep everyone where they are',
  about:
    'Renames the file and the key, and the key in every flag, segment and test that names it. The salt stays, so nobody\nmoves. To applications it is another flag: they ask for the new key before the old one goes.',
  args: [
    { name: 'old', about: 'the key as it is' },
    { name: 'new', about: 'the key as it will be' },
  ],
  examples: [{ command: 'ensign rename checkout-v2 checkout', shows: 'rename a flag' }],
  json: {
    from: 'the old key',
    to: 'the new key',
    file: 'the file',
    references: 'array of {file, line} that were changed',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const [from, to] = [call.need('old'), call.need('new')]
    const file = flagOf(workspace, from)
    const existing = workspace.flags.get(to)
    if (existing !== undefined)
      throw new EnsignError('exists', `there is a flag "${to}" already`, { at: existing.file })
    const references = referencesTo(workspace, from)
    const scalar = /^[A-Za-z][\w.-]*$/.test(to) && !/^(?:true|false|null)$/i.test(to) ? to : JSON.stringify(to)
    const text = replaceAt(file.text, [scalarAt(file, 'key')!], scalar)
    const target = `${dirname(file.file)}/${to}${extname(file.file)}`
    const problems: Problem[] = []
    await checkFile(target, text, 'flag', problems)
    const [first] = problems
    if (first !== undefined)
      throw new EnsignError('usage', first.what, first.cure === undefined ? {} : { cure: first.cure })
    for (const name of new Set(references.map(one => one.file))) {
      const path = inWorkspace(workspace, name)
      const places = references.filter(one => one.file === name)
      await writeFile(path, replaceAt(await readFile(path, 'utf8'), places, scalar))
    }
    const path = inWorkspace(workspace, file.file)
    const now = await readFile(path, 'utf8')
    await writeFile(path, replaceAt(now, [scalarAt({ ...file, text: now }, 'key')!], scalar))
    await move(path, inWorkspace(workspace, target))
    return {
      json: { from, to, file: target, references: references.map(({ file: name, line }) => ({ file: name, line })) },
      text: [
        target,
        ...references.map(one => `${one.file}:${one.line}`),
        `${count(references.length, 'reference')} changed`,
      ].join('\n'),
    }
  },
}
