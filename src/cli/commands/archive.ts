import { writeFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { EnsignError } from '../../base/errors.ts'
import { formatTime } from '../../base/time.ts'
import { formatFile } from '../../publisher/fmt/fmt.ts'
import type { Command } from '../command.ts'
import { referencesTo } from '../references.ts'
import { flagOf, inWorkspace, loadWorkspace } from '../workspace.ts'

export const archive: Command = {
  name: 'archive',
  topic: 'workspace',
  summary: 'put a flag away: it serves its off variant everywhere',
  about:
    'Writes the day into the file. The flag still exists, so that code that asks for it gets its off variant; delete the\nfile once `ensign usages` finds no such code.',
  args: [{ name: 'flag', about: 'the key of a flag' }],
  options: [{ flags: '--force', about: 'even where other flags read it' }],
  examples: [{ command: 'ensign archive old-banner', shows: 'put old-banner away' }],
  json: { flag: 'the key', file: 'the file', archived: 'the day' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const key = call.need('flag')
    const file = flagOf(workspace, key)
    const { archived } = file.content
    if (archived !== undefined)
      throw new EnsignError('exists', `"${key}" was archived on ${archived}`, {
        at: file.file,
        cure: 'Nothing is left to do.',
      })
    const readers = referencesTo(workspace, key).filter(one => one.file !== file.file && !one.file.startsWith('tests/'))
    if (readers.length > 0 && !call.has('force')) {
      const places = readers.map(one => `${one.file}:${one.line}`).join(', ')
      throw new EnsignError('still_read', `"${key}" is read by other files`, {
        at: places,
        cure: 'Take it out of them first, or archive it with --force.',
      })
    }
    const day = formatTime(call.io.now()).slice(0, 10)
    const text = file.file.endsWith('.json')
      ? JSON.stringify({ ...file.content, archived: day })
      : withDay(file.text, day)
    await writeFile(inWorkspace(workspace, file.file), formatFile('flag', file.file, text))
    return { json: { flag: key, file: file.file, archived: day }, text: `${file.file}: archived on ${day}` }
  },
}

function withDay(text: string, day: string): string {
  const document = parseDocument(text)
  const node = document.createNode(day)
  node.type = 'QUOTE_DOUBLE'
  document.set('archived', node)
  return document.toString({ lineWidth: 0 })
}
