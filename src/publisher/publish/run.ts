import { equalBytes, fromUtf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json } from '../../base/json.ts'
import { parseTime } from '../../base/time.ts'
import { openState } from '../../bundle/open.ts'
import type { OpenOptions, VerifiedState } from '../../bundle/state.ts'
import type { StateEntry } from '../../bundle/types.ts'
import { together } from '../stores/each.ts'
import { isConflict } from '../stores/files.ts'
import { isCheckpointed, writeBundle, writeContent, writeHead, writeLog, writeOrder } from './commit.ts'
import { type Current, readCurrent, readHead } from './current.ts'
import { type LogState, printLogState, sizeOf } from './logstate.ts'
import { logStateOf, NO_FILES, type Planner } from './plan.ts'
import { type Prepared, prepare } from './prepare.ts'
import { plannerOf } from './replan.ts'
import { storeWentBack, wentBack } from './seen.ts'
import { sameTree } from './tree.ts'
import type { Notice, Publisher, Receipt } from './types.ts'

/** Two publishers wait for each other by trying again; more attempts than this mean something else is wrong. */
const ATTEMPTS_COUNT = 16

/**
 * One append: what an earlier one left unfinished is completed first, then the plan is judged against what is in force,
 * verified as an SDK will, and written in the order that makes a crash harmless. Losing a race means starting again
 * from what the winner made.
 */
export async function runPlan(publisher: Publisher, planner: Planner): Promise<Receipt> {
  const notices: Notice[] = []
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    const { current, before } = await settle(publisher, notices)
    const plan = await planner(publisher, current, timeOf(publisher, current), before)
    if (plan === null) return receiptOf('unchanged', required(before), notices)
    const state = logStateOf(current, plan)
    const files = new Map([...plan.files, ...plan.statements.map(({ path, bytes }) => [path, bytes] as const)])
    const order = printLogState(state)
    const letGo = [publisher.store.stage?.([order])]
    try {
      // The plan is judged; what it stands on may go to the disk while the head is made and verified.
      const [prepared] = await together(
        prepare(publisher, current, plan.entries, files, before),
        writeContent(publisher, plan),
      )
      const { tiles, checkpoint, headFile } = prepared
      letGo.push(publisher.store.stage?.([...tiles.values(), checkpoint, headFile]))
      if (!(await writeOrder(publisher, current, order))) continue
      const verified = await finish(publisher, current, state, prepared)
      return receiptOf('published', verified, [...notices, ...plan.notices])
    } finally {
      for (const one of letGo) one?.()
    }
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

/** A new head over the same state and log, before the old one expires. */
export async function renew(publisher: Publisher): Promise<Receipt> {
  const notices: Notice[] = []
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    const { current, before } = await settle(publisher, notices)
    const prepared = await prepare(publisher, current, [], NO_FILES, before)
    try {
      await writeHead(publisher, current, prepared)
    } catch (error) {
      if (isConflict(error)) continue
      throw error
    }
    await told(publisher, prepared)
    await bundled(publisher, current, prepared)
    return receiptOf('published', await verifyStored(publisher, prepared), notices)
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

interface Ground {
  readonly current: Current
  /** The same, as it was verified; undefined where there is nothing that counts. */
  readonly before: VerifiedState | undefined
}

/** Two looks at the store, and another publisher may go on between them: both are of one head, or they are taken again. */
async function readGround(publisher: Publisher): Promise<Ground> {
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    const current = await readCurrent(publisher)
    const before = await verifyCurrent(publisher, current)
    if (before === undefined || equalBytes(before.file.bytes, current.headFile!)) return { current, before }
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

/** What is in force after an unfinished append was completed; one that may not be completed is told and left out. */
async function settle(publisher: Publisher, notices: Notice[]): Promise<Ground> {
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    const { current, before } = await readGround(publisher)
    const { pending } = current
    if (pending === undefined) return { current, before }
    try {
      await judgePending(publisher, current, pending, before)
      const files = new Map(pending.statements.map(({ path, bytes }) => [path, bytes]))
      const prepared = await prepare(publisher, current, pending.entries, files, before)
      await finish(publisher, current, pending, prepared)
      notices.push({ code: 'completed', what: 'an append that was cut off has been completed' })
    } catch (error) {
      if (!(error instanceof EnsignError) || error.code.startsWith('store_')) throw error
      if (await isCheckpointed(current, current.base.tree.size)) throw error
      notices.push({ code: 'dropped', what: `an unfinished append is refused and left out: ${error.code}` })
      return { current: { ...current, pending: undefined }, before }
    }
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

/** The file is not signed: what it holds is judged like a submission, and must lead to the very same entries. */
async function judgePending(
  publisher: Publisher,
  current: Current,
  pending: LogState,
  before: VerifiedState | undefined,
): Promise<void> {
  const fail = () => new EnsignError('log_state', 'the unfinished append is none that this publisher would make')
  if (!sameTree(pending.base, current.base.tree)) throw fail()
  const last = JSON.parse(fromUtf8(pending.entries.at(-1)!) ?? 'null') as StateEntry
  const root = current.root.chain.find(({ digest }) => digest === last?.root?.digest)
  const since = parseTime(last?.since)
  if (root === undefined || since === undefined) throw fail()
  const plan = await plannerOf(pending)(publisher, current, since, before)
  const same =
    plan?.entries.length === pending.entries.length &&
    plan.entries.every((entry, i) => {
      return equalBytes(underRoot(entry, root as unknown as Json), pending.entries[i]!)
    })
  if (!same) throw fail()
}

/** The entry as it reads under an earlier root: a newer one may have come between. */
function underRoot(entry: Uint8Array, root: Json): Uint8Array {
  const value = JSON.parse(fromUtf8(entry)!) as Record<string, Json>
  return value.type === 'state' ? canonicalBytes({ ...value, root }) : entry
}

/** Steps 3 to 5, and the proof that clients will take the result. */
async function finish(
  publisher: Publisher,
  first: Current,
  state: LogState,
  firstPrepared: Prepared,
): Promise<VerifiedState> {
  let current = first
  let prepared = firstPrepared
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    await writeLog(publisher, current, state, prepared)
    try {
      await writeHead(publisher, current, prepared)
      await told(publisher, prepared)
      await bundled(publisher, current, prepared)
      return await verifyStored(publisher, prepared)
    } catch (error) {
      if (!isConflict(error)) throw error
    }
    // Somebody else completed this, or renewed the head before it.
    const ground = await readGround(publisher)
    current = ground.current
    if (current.base.tree.size >= sizeOf(state)) return required(ground.before)
    const files = new Map(state.statements.map(({ path, bytes }) => [path, bytes]))
    prepared = await prepare(publisher, current, state.entries, files, ground.before)
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

/**
 * What is in force as clients see it, expired or not: the memory that the next state must follow. Undefined before the
 * first head of an epoch, and where the newest root has left the release without support, which the next one ends.
 */
export async function verifyCurrent(publisher: Publisher, current: Current): Promise<VerifiedState | undefined> {
  const memory = await publisher.seen?.load()
  if (current.head === undefined) {
    const { name, epoch } = current.environment
    // Asked for again: another publisher may have made the first one, and told of it, since this one looked.
    const isGone = async () => (await readHead(current.source, current.root, name)) === undefined
    if (memory !== undefined && memory.epoch >= epoch && (await isGone()))
      throw storeWentBack(memory, 'there is no head')
    return undefined
  }
  const known = publisher.kept?.state(current.headFile!, current.root)
  if (known !== undefined && (memory === undefined || memory.head === known.memory.head)) return known
  try {
    const verified = await open(publisher, current, { allowStale: true, ...(memory === undefined ? {} : { memory }) })
    publisher.kept?.keep(verified)
    await publisher.seen?.save(verified.memory)
    return verified
  } catch (error) {
    if (error instanceof EnsignError && UNSUPPORTED.has(error.code)) return undefined
    throw wentBack(error, memory)
  }
}

/** Codes with which a client says that the newest root does not stand behind what is in force. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  'release_unsupported',
  'unknown_author',
  'author_not_signed',
  'threshold',
  'stop_signer',
])

/** It is in force, and has been verified as clients will. */
async function told({ kept, onHead }: Publisher, { verified, headFile, end }: Prepared): Promise<void> {
  kept?.keep(verified, end)
  await onHead?.(headFile)
}

async function bundled(publisher: Publisher, current: Current, prepared: Prepared): Promise<void> {
  const write = () => writeBundle(publisher, current, prepared)
  if (publisher.onBundle === undefined) await write()
  else publisher.onBundle(write)
}

/** Read back from the store, by the path that every SDK takes. */
async function verifyStored(publisher: Publisher, { verified }: Prepared): Promise<VerifiedState> {
  const current = await readCurrent(publisher)
  const known = current.headFile && publisher.kept?.state(current.headFile, current.root)
  const stored = known ?? (await open(publisher, current, { memory: verified.memory }))
  await publisher.seen?.save(stored.memory)
  return stored
}

function open(
  { project, environment, root, now }: Publisher,
  { source }: Current,
  more: Pick<OpenOptions, 'allowStale' | 'memory'>,
): Promise<VerifiedState> {
  return openState({ source, project, environment, root, now: now(), ...more })
}

/** Never before what clients have seen: a clock that went back does not date a release back. */
function timeOf({ now }: Publisher, { head }: Current): number {
  return Math.max(Math.floor(now() / 1000) * 1000, head === undefined ? 0 : parseTime(head.issued)!)
}

export function required(state: VerifiedState | undefined): VerifiedState {
  if (state === undefined) throw new EnsignError('no_release', 'nothing was published in this environment yet')
  return state
}

export function receiptOf(
  outcome: Receipt['outcome'],
  { head, file }: VerifiedState,
  notices: readonly Notice[],
): Receipt {
  const { state, environment, sequence, expires, log } = head
  return {
    outcome,
    environment,
    release: state.release,
    stop: state.stop,
    root: state.root,
    sequence,
    expires,
    log: { size: log.size, root: log.root },
    head: file.bytes,
    notices,
  }
}
