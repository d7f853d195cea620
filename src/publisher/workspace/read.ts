import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { FileKind } from '../schemas/index.ts'
import { locator, readDocument } from './document.ts'
import type { Problem } from './problem.ts'
import type {
  AttributeFile,
  FileOf,
  FlagFile,
  HoldoutFile,
  LayerFile,
  PeopleFile,
  PolicyFile,
  ProjectFile,
  SegmentFile,
  TestFile,
  Workspace,
} from './types.ts'
import { schemaProblems } from './validate.ts'

export interface WorkspaceReading {
  /** Holds the files without problems; undefined where ensign.yaml has some. */
  readonly workspace: Workspace | undefined
  readonly problems: readonly Problem[]
}

/** Where a kind of file lives. A folder is read with all folders in it. */
const SINGLE = { project: 'ensign', attributes: 'attributes', people: 'people', policy: 'policy' } as const
const FOLDERS = { flag: 'flags', segment: 'segments', layer: 'layers', holdout: 'holdouts', tests: 'tests' } as const
const ENDINGS = /\.(?:yaml|yml|json)$/

/** Reads every file of a workspace and tells all problems at once. */
export async function readWorkspace(dir: string): Promise<WorkspaceReading> {
  if (firstOf(dir, SINGLE.project) === undefined) {
    throw new EnsignError('no_workspace', 'there is no ensign.yaml here', { at: dir })
  }
  const problems: Problem[] = []
  const single = await Promise.all(
    Object.entries(SINGLE).map(async ([kind, name]) => {
      const file = firstOf(dir, name)
      return file === undefined ? undefined : readFileOf(dir, file, kind as FileKind, problems)
    }),
  )
  const [project, attributeFile, people, policy] = single as unknown as [
    FileOf<ProjectFile> | undefined,
    FileOf<AttributeFile> | undefined,
    FileOf<PeopleFile> | undefined,
    FileOf<PolicyFile> | undefined,
  ]
  const many: Record<string, FileOf<Json>[]> = {}
  for (const [kind, folder] of Object.entries(FOLDERS)) {
    many[kind] = await readFolder(dir, folder, kind as FileKind, problems)
  }
  const workspace =
    project === undefined
      ? undefined
      : {
          dir,
          project,
          attributeFile,
          attributes: new Map((attributeFile?.content.attributes ?? []).map(one => [one.name, one])),
          flags: byKey<FlagFile>(many.flag, problems),
          segments: byKey<SegmentFile>(many.segment, problems),
          layers: byKey<LayerFile>(many.layer, problems),
          holdouts: byKey<HoldoutFile>(many.holdout, problems),
          tests: many.tests as unknown as FileOf<TestFile>[],
          people,
          policy,
        }
  return { workspace, problems: sortProblems(problems) }
}

/** The workspace, or an error that says how many problems there are. */
export async function readSoundWorkspace(dir: string): Promise<Workspace> {
  const { workspace, problems } = await readWorkspace(dir)
  const first = problems.find(problem => problem.level === 'error')
  if (workspace === undefined || first !== undefined) {
    const more = problems.length > 1 ? `, and ${problems.length - 1} more` : ''
    throw new EnsignError('unsound_workspace', `${first?.what ?? 'no ensign.yaml'}${more}`, {
      ...(problems.length === 1 && first?.cure !== undefined ? { cure: first.cure } : {}),
      ...(first === undefined ? {} : { at: `${first.at.file}:${first.at.line}:${first.at.column}` }),
    })
  }
  return workspace
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  const key = ({ at }: Problem) => at.file
  return [...problems].sort(
    (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) || a.at.line - b.at.line || a.at.column - b.at.column,
  )
}

function firstOf(dir: string, name: string): string | undefined {
  return namesIn(dir, false).find(file => ENDINGS.test(file) && file.replace(ENDINGS, '') === name)
}

function namesIn(dir: string, recursive: boolean): string[] {
  const names: string[] = []
  const read = (folder: string) => {
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const name = folder + entry.name
      names.push(name)
      if (recursive && isFolder(dir, name, entry)) read(`${name}/`)
    }
  }
  try {
    read('')
    return names.sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Or a link to one; nobody is asked about a plain file, of which there may be thousands. */
function isFolder(dir: string, name: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return statSync(join(dir, name), { throwIfNoEntry: false })?.isDirectory() === true
}

async function readFolder(dir: string, folder: string, kind: FileKind, problems: Problem[]): Promise<FileOf<Json>[]> {
  const names = namesIn(join(dir, folder), true).filter(name => ENDINGS.test(name))
  const files: FileOf<Json>[] = []
  for (const name of names) {
    const file = await readFileOf(dir, `${folder}/${name}`, kind, problems)
    if (file !== undefined) files.push(file)
  }
  return files
}

/** Read synchronously: ten thousand small files are read several times as fast so. */
async function readFileOf(
  dir: string,
  file: string,
  kind: FileKind,
  problems: Problem[],
): Promise<FileOf<Json> | undefined> {
  return checkFile(file, readFileSync(join(dir, file), 'utf8'), kind, problems)
}

/** ensign.yaml and people.yaml alone: an emergency stop shall not wait for, or fail on, the files of flags. */
export async function readSettings(dir: string): Promise<Pick<Workspace, 'project' | 'people'>> {
  const problems: Problem[] = []
  const read = async (kind: 'project' | 'people') => {
    const file = firstOf(dir, SINGLE[kind])
    return file === undefined ? undefined : readFileOf(dir, file, kind, problems)
  }
  const project = (await read('project')) as unknown as FileOf<ProjectFile> | undefined
  if (project === undefined) {
    throw new EnsignError('no_workspace', 'there is no ensign.yaml here, or it has problems', {
      at: dir,
      cure: 'Look at `ensign lint`.',
    })
  }
  return { project, people: (await read('people')) as unknown as FileOf<PeopleFile> | undefined }
}

/** Text to a checked value; what is wrong is added to `problems`. */
export async function checkFile(
  file: string,
  text: string,
  kind: FileKind,
  problems: Problem[],
): Promise<FileOf<Json> | undefined> {
  const reading = readDocument(file, text)
  problems.push(...reading.problems)
  if (reading.value === undefined) return undefined
  const found = await schemaProblems(kind, reading.value, locator(file, text))
  problems.push(...found)
  return found.length > 0 ? undefined : { file, text, content: reading.value }
}

function byKey<T extends { readonly key: string }>(
  files: readonly FileOf<Json>[] | undefined,
  problems: Problem[],
): ReadonlyMap<string, FileOf<T>> {
  const map = new Map<string, FileOf<T>>()
  const sorted = [...((files ?? []) as unknown as FileOf<T>[])].sort((a, b) => (a.content.key < b.content.key ? -1 : 1))
  for (const file of sorted) {
    const { key } = file.content
    const at = () => locator(file.file, file.text).place(['key'])
    const name = basename(file.file).replace(ENDINGS, '')
    const other = map.get(key)
    if (other !== undefined) {
      const what = `"${key}" is the key of ${other.file} too`
      problems.push({ code: 'same_key', level: 'error', what, cure: 'Give one of them another key.', at: at() })
    } else map.set(key, file)
    if (name !== key) {
      const better = `${dirname(file.file)}/${key}${file.file.slice(file.file.lastIndexOf('.'))}`
      const what = `the file of "${key}" is named ${basename(file.file)}`
      problems.push({ code: 'file_name', level: 'error', what, cure: `Rename it to ${better}.`, at: at() })
    }
  }
  return map
}
