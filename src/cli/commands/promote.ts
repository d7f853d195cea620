import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { writeWhole } from '../../publisher/change/folder.ts'
import type { Command } from '../command.ts'
import { flagOf, knownEnvironment, loadWorkspace, workspaceFolder } from '../workspace.ts'

export const promote: Command = {
  name: 'promote',
  topic: 'change',
  summary: 'let flags do in one environment what they do in another',
  about:
    'Copies the block of an environment in the files of these flags; comments stay. What comes of it is a difference like any\nother: propose it, and have it approved.',
  args: [
    { name: 'from', about: 'the environment to take from' },
    { name: 'into', about: 'the environment to change' },
    { name: 'flags', about: 'the flags', many: true },
  ],
  examples: [{ command: 'ensign promote staging production checkout-v2', shows: 'then: ensign propose -e production' }],
  json: { changed: 'files that were written' },
  async run(call) {
    const dir = workspaceFolder(call)
    const workspace = await loadWorkspace(call)
    const [from, into] = [call.need('from'), call.need('into')]
    for (const name of [from, into]) knownEnvironment(name, workspace.project.content.environments)
    const changed: string[] = []
    for (const key of call.list('flags')) {
      const flag = flagOf(workspace, key)
      const path = join(dir, flag.file)
      const document = parseDocument(await readFile(path, 'utf8'))
      const block = document.getIn(['environments', from])
      if (!isMap(block)) throw new EnsignError('unknown_flag', `${key} says nothing of ${from}`, { at: flag.file })
      document.setIn(['environments', into], block.clone())
      await writeWhole(path, utf8(document.toString()))
      changed.push(flag.file)
    }
    return { json: { changed }, text: `${changed.join('\n')}\nnext: ensign diff -e ${into}` }
  },
}
