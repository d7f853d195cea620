import { fromHex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { MAX_HEAD_FILE, MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { readHeadFile } from '../../bundle/headfile.ts'
import { headShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { HeadPayload, HeadProofs, StateEntry } from '../../bundle/types.ts'
import type { ReadFile, Tree } from '../../log/tiles.ts'
import { environmentOf, openRootChain, type RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { RootEnvironment } from '../../trust/types.ts'
import { type LogState, MAX_LOG_STATE, parseLogState, sizeOf } from './logstate.ts'
import { headPath, logPath, projectPath, rootPath } from './paths.ts'
import { restartedBase } from './restart.ts'
import { overlay, storeSource } from './sources.ts'
import type { Publisher } from './types.ts'

/** What the next append builds on: what is in force and where the log ends; no state before the first release. */
export interface Base {
  readonly state: StateEntry | undefined
  readonly tree: Tree
  /** Tiles that the log's folder needs before an append: of a log that goes on under a new origin. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[]
}

export interface Current {
  readonly source: Source
  readonly root: RootState
  readonly environment: RootEnvironment
  /** Of this epoch. */
  readonly head: HeadPayload | undefined
  readonly proofs: HeadProofs | undefined
  /** head.json, of whatever epoch: what a compare-and-swap goes over. */
  readonly headTag: string | undefined
  readonly headFile: Uint8Array | undefined
  readonly base: Base
  readonly log: { readonly state: LogState; readonly tag: string } | undefined
  /** An append whose order is fixed and which no head shows yet. */
  readonly pending: LogState | undefined
  readonly readLog: ReadFile
}

const NONE: ReadonlyMap<string, Uint8Array> = new Map()

/**
 * Where an environment stands. The head is believed for the signature of its publish key; whether all of it is right
 * is judged on what is built on it, before that is written.
 */
export async function readCurrent({ store, project, environment: name, root: pin, kept }: Publisher): Promise<Current> {
  const source = overlay(storeSource(store, project), kept?.files() ?? NONE)
  const readOrder = async () => {
    const root = await openRootChain({
      pin,
      project,
      from: kept?.root(),
      read: version => source.get(rootPath(version), { maxBytes: MAX_ROOT_ENVELOPE }),
    })
    const environment = environmentOf(root, name)
    const at = logPath(name, environment.epoch, 'state.json')
    const found = await store.get(projectPath(project, at), { maxBytes: MAX_LOG_STATE })
    return { root, environment, log: found && { state: parseLogState(found.bytes, at), tag: found.tag } }
  }
  const [{ root, environment, log }, stored] = await Promise.all([
    readOrder(),
    store.get(projectPath(project, headPath(name)), { maxBytes: MAX_HEAD_FILE }),
  ])
  const { epoch } = environment
  const readLog: ReadFile = (path, maxBytes) => source.get(logPath(name, epoch, path), { maxBytes })
  const file = stored === undefined ? undefined : readHeadFile(stored.bytes, headPath(name))
  const known = stored && kept?.state(stored.bytes, root)
  const head = file === undefined ? undefined : (known?.head ?? (await openHead(file.head, root, environment)))
  const base: Base =
    head !== undefined
      ? { state: head.state, tree: { size: head.log.size, root: fromHex(head.log.root)! }, files: [] }
      : await restartedBase(source, environment)

  const pending = log !== undefined && sizeOf(log.state) > base.tree.size ? log.state : undefined
  if (pending !== undefined && pending.base.size !== base.tree.size) {
    throw new EnsignError('log_state', 'the log goes on from another size than the head shows', {
      at: logPath(name, epoch, 'state.json'),
    })
  }
  const proofs = head === undefined ? undefined : file!.proofs
  return {
    source,
    root,
    environment,
    head,
    proofs,
    headTag: stored?.tag,
    headFile: stored?.bytes,
    base,
    log,
    pending,
    readLog,
  }
}

/** The head of an environment by its publish key alone; undefined where there is none of this epoch. */
export async function readHead(source: Source, root: RootState, name: string): Promise<HeadPayload | undefined> {
  const bytes = await source.get(headPath(name), { maxBytes: MAX_HEAD_FILE })
  if (bytes === undefined) return undefined
  return openHead(readHeadFile(bytes, headPath(name)).head, root, environmentOf(root, name))
}

/** Undefined where it is of an older epoch: its key may have been stolen, and the root says where to go on. */
async function openHead(text: string, root: RootState, environment: RootEnvironment): Promise<HeadPayload | undefined> {
  const at = headPath(environment.name)
  const envelope = readEnvelope(utf8(text), 'head', at)
  const binding = { project: root.payload.project, environment: environment.name, genesis: root.genesis }
  const head = readPayload(envelope, headShape, binding)
  if (head.epoch < environment.epoch) return undefined
  if (head.epoch > environment.epoch) throw new EnsignError('root_mismatch', 'an epoch that no root names', { at })
  const signed = await verifyEnvelope(envelope, root.keys)
  if (!signed.some(({ person }) => environment.publish.includes(person))) {
    throw new EnsignError('threshold', 'the head is not signed by a publish key of the newest root', {
      at,
      cure: 'List the old publish key beside the new one until a head was published, or raise the epoch.',
    })
  }
  return head
}
