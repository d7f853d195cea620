import { concat, fromBase64url, fromUtf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import { MAX_PART, MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { printBundleFile } from '../../bundle/bundlefile.ts'
import { isLater } from '../../bundle/later.ts'
import { printIndex } from '../../bundle/parts.ts'
import { verifyCheckpoint } from '../../log/checkpoint.ts'
import { eachAtOnce } from '../stores/each.ts'
import { isConflict, putForward, putOnce } from '../stores/files.ts'
import type { Store } from '../stores/store.ts'
import type { Current } from './current.ts'
import type { LogState } from './logstate.ts'
import { bundlePath, headPath, logPath, partPath, projectPath, rootPath } from './paths.ts'
import type { Plan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import type { Publisher } from './types.ts'

/** Step 1: what is named by its content, and the statements. An append that never happens leaves them unreferenced. */
export async function writeContent({ store, project }: Publisher, { files, statements }: Plan): Promise<void> {
  await eachAtOnce(files, ([path, bytes]) => putOnce(store, projectPath(project, path), bytes))
  for (const { path, bytes } of statements) {
    const full = projectPath(project, path)
    // Another one's envelope of the same payload may be there. Which one counts is decided in step 2.
    if ((await store.get(full)) === undefined) await putOnce(store, full, bytes).catch(() => undefined)
  }
}

/** Step 2: the order of entries. Whoever wins here is what the next head will show; false: it is somebody else. */
export async function writeOrder(publisher: Publisher, current: Current, order: Uint8Array): Promise<boolean> {
  const { name, epoch } = current.environment
  const path = projectPath(publisher.project, logPath(name, epoch, 'state.json'))
  try {
    const { log } = current
    await publisher.store.put(path, order, log === undefined ? { ifNoneMatch: true } : { ifMatch: log.tag })
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw error
  }
}

/** Step 3: what follows from the order, the same from whoever derives it. */
export async function writeLog(
  { store, project }: Publisher,
  current: Current,
  state: LogState,
  prepared: Prepared,
): Promise<void> {
  const { name, epoch } = current.environment
  const checkpoint = projectPath(project, logPath(name, epoch, 'checkpoint'))
  // At once: no order among them means anything, and each waits for the disk.
  const [last] = await Promise.all([
    store.get(checkpoint),
    ...state.statements.map(({ path, bytes }) => putForward(store, projectPath(project, path), bytes, always)),
    ...[...prepared.tiles].map(([path, bytes]) => force(store, projectPath(project, path), bytes)),
  ])
  // A monitor that sees the checkpoint finds what it names.
  await putForward(store, checkpoint, prepared.checkpoint, there => checkpointSize(there) < prepared.size, last)
}

/** A new file nearly always; but leftovers of an append that was never finished may lie where it belongs. */
async function force(store: Store, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await store.put(path, bytes, { ifNoneMatch: true })
  } catch (error) {
    if (!isConflict(error)) throw error
    await putForward(store, path, bytes, always)
  }
}

const always = () => true

function checkpointSize(note: Uint8Array): number {
  const size = Number((fromUtf8(note) ?? '').split('\n')[1])
  return Number.isSafeInteger(size) ? size : -1
}

/** Whether the log's key has signed entries beyond this size: those can never be taken back. */
export async function isCheckpointed({ source, environment }: Current, size: number): Promise<boolean> {
  const { name, epoch, log } = environment
  const note = await source.get(logPath(name, epoch, 'checkpoint'), { maxBytes: 16 * 1024 })
  if (note === undefined) return false
  const checkpoint = await verifyCheckpoint(note, { name: log.origin, publicKey: fromBase64url(log.key.x)! })
  return checkpoint.size > size
}

/** Step 4, the commit point. */
export async function writeHead({ store, project }: Publisher, current: Current, prepared: Prepared): Promise<void> {
  await store.put(
    projectPath(project, headPath(current.environment.name)),
    prepared.headFile,
    current.headTag === undefined ? { ifNoneMatch: true } : { ifMatch: current.headTag },
  )
}

/** Step 5: the same state in one file, never newer than the head. */
export async function writeBundle({ store, project }: Publisher, current: Current, prepared: Prepared): Promise<void> {
  const { name } = current.environment
  const get = async (path: string, maxBytes: number) => {
    const bytes = await current.source.get(path, { maxBytes })
    if (bytes === undefined)
      throw new EnsignError('statement_missing', 'a file that the head names is gone', { at: path })
    return bytes
  }
  const roots: Uint8Array[] = []
  for (let version = 1; version <= current.root.payload.version; version++) {
    roots.push(await get(rootPath(version), MAX_ROOT_ENVELOPE))
  }
  const index = printIndex(prepared.verified.index)
  const chunks: Uint8Array[] = []
  const printed = printBundleFile(prepared.headFile, roots, index, part => get(partPath(name, part.digest), MAX_PART))
  for await (const chunk of printed) chunks.push(chunk)
  await putForward(store, projectPath(project, bundlePath(name)), concat(...chunks), there => isBehind(there, prepared))
}

/** Compares the heads in the first lines; what cannot be read is behind. */
function isBehind(bundle: Uint8Array, { head }: Prepared): boolean {
  try {
    const line: unknown = JSON.parse(fromUtf8(bundle.subarray(0, bundle.indexOf(0x0a))) ?? '')
    const file = isObject(line) && isObject(line.head) ? line.head : {}
    const { payload } = JSON.parse(String(file.head)) as { payload: string }
    const there = JSON.parse(fromUtf8(fromBase64url(payload)!)!) as { epoch: number; sequence: number }
    return isLater(head, there)
  } catch {
    return true
  }
}
