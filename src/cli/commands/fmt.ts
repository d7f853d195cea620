import { writeFile } from 'node:fs/promises'
import { formatFile } from '../../publisher/fmt/fmt.ts'
import { layoutsOf } from '../../publisher/layout/lay.ts'
import type { FileKind } from '../../publisher/schemas/index.ts'
import type { FileOf, Workspace } from '../../publisher/workspace/types.ts'
import type { Command } from '../command.ts'
import { COMPARED, inForceOf, isCompared } from '../inforce.ts'
import { count } from '../print.ts'
import { inWorkspace, loadWorkspace } from '../workspace.ts'

export const fmt: Command = {
  name: 'fmt',
  topic: 'workspace',
  summary: 'bring files into their usual form and lay out arms',
  about:
    'Orders the members of each file, keeps its comments, and writes beside each flag where the arms of its splits are.\nArms whose weights have changed are laid out so that the fewest people move: against what is in force\n(--store, --to) or another copy (--against), else against the layout that the file holds.',
  options: [{ flags: '--check', about: 'change nothing, and end with 1 where something would change' }, ...COMPARED],
  examples: [
    { command: 'ensign fmt', shows: 'format all files' },
    { command: 'ensign fmt --check', shows: 'for continuous integration' },
  ],
  json: { changed: 'array of files that changed, or would' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const { environments } = workspace.project.content
    const inForce = isCompared(call) ? await inForceOf(call, environments) : new Map()
    const changed: string[] = []
    for (const [kind, file] of filesOf(workspace)) {
      const layouts = kind === 'flag' ? layoutsOf(workspace.flags.get(keyOf(file))!.content, inForce) : undefined
      const text = formatFile(kind, file.file, file.text, layouts)
      if (text === file.text) continue
      changed.push(file.file)
      if (!call.has('check')) await writeFile(inWorkspace(workspace, file.file), text)
    }
    const verb = call.has('check') ? 'not in form' : 'formatted'
    return {
      exit: call.has('check') && changed.length > 0 ? 1 : 0,
      json: { changed },
      text: [...changed, `${count(changed.length, 'file')} ${verb}`].join('\n'),
    }
  },
}

const keyOf = (file: FileOf<unknown>) => (file.content as { key: string }).key

function filesOf(workspace: Workspace): (readonly [FileKind, FileOf<unknown>])[] {
  const all = (kind: FileKind, files: Iterable<FileOf<unknown>>) => [...files].map(file => [kind, file] as const)
  return [
    ...all('project', [workspace.project]),
    ...all('attributes', workspace.attributeFile === undefined ? [] : [workspace.attributeFile]),
    ...all('people', workspace.people === undefined ? [] : [workspace.people]),
    ...all('policy', workspace.policy === undefined ? [] : [workspace.policy]),
    ...all('flag', workspace.flags.values()),
    ...all('segment', workspace.segments.values()),
    ...all('layer', workspace.layers.values()),
    ...all('holdout', workspace.holdouts.values()),
    ...all('tests', workspace.tests),
  ]
}
