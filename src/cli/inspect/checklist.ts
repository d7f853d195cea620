import { fromBase64url, hex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { openState } from '../../bundle/open.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import { verifyCheckpoint } from '../../log/checkpoint.ts'
import type { Call } from '../command.ts'
import { readInput } from '../place.ts'
import type { Claims } from './claims.ts'
import type { Found } from './found.ts'

/** In the order in which the verifier looks at them; the checkpoint, which is for auditors, comes last. */
export const ITEMS = ['root', 'head', 'log', 'release', 'stops', 'parts', 'checkpoint'] as const
export type Item = (typeof ITEMS)[number]
export type Mark = 'ok' | 'failed' | 'not reached'

export interface Checked {
  readonly marks: ReadonlyMap<Item, Mark>
  readonly failure: EnsignError | undefined
  readonly stale: boolean
}

/** The checklist of `ensign verify`, and which of the items it came to. */
export async function runChecklist(call: Call, found: Found, claims: Claims): Promise<Checked> {
  try {
    const state = await openState({
      source: found.source,
      project: call.text('project') ?? found.project ?? claims.project,
      environment: call.text('environment') ?? found.environment ?? claims.environment,
      root: await readInput(call, call.need('root')),
      now: call.io.now(),
      allowStale: call.has('allow-stale'),
    })
    const marks = new Map<Item, Mark>(ITEMS.map(item => [item, 'ok']))
    if (claims.note === undefined) marks.delete('checkpoint')
    else await checkNote(state, claims.note).catch(() => marks.set('checkpoint', 'failed'))
    const failure = marks.get('checkpoint') === 'failed' ? NOTE : undefined
    return { marks, failure, stale: state.stale }
  } catch (error) {
    if (!(error instanceof EnsignError)) throw error
    return { marks: marksUpTo(itemOf(error)), failure: error, stale: false }
  }
}

const NOTE = new EnsignError('checkpoint_mismatch', 'the checkpoint is not of the log key and this tree')

async function checkNote({ environment, head }: VerifiedState, note: Uint8Array): Promise<void> {
  const { origin, key } = environment.log
  const { size, root } = await verifyCheckpoint(note, { name: origin, publicKey: fromBase64url(key.x)! })
  if (size !== head.log.size || hex(root) !== head.log.root) throw NOTE
}

function marksUpTo(failed: Item | undefined): Map<Item, Mark> {
  const at = failed === undefined ? 0 : ITEMS.indexOf(failed)
  return new Map(
    ITEMS.map((item, i) => [item, i < at ? 'ok' : i === at && failed !== undefined ? 'failed' : 'not reached']),
  )
}

/** Clauses of statements and payloads are the same for all; the others name the item by their number. */
const CLAUSES: Readonly<Record<string, Item>> = {
  4: 'root',
  5: 'root',
  6: 'head',
  7: 'log',
  8: 'release',
  9: 'stops',
  P: 'parts',
}
const PLACES: readonly (readonly [begin: RegExp, item: Item])[] = [
  [/^(?:pinned root|roots\/)/, 'root'],
  [/\/head\.json|^head/, 'head'],
  [/\/tile\/|^log/, 'log'],
  [/^release/, 'release'],
  [/^stops/, 'stops'],
  [/parts\//, 'parts'],
]

function itemOf({ message, at = '' }: EnsignError): Item | undefined {
  const clause = /\[(\w)\w?\.\d+\]$/.exec(message)?.[1]
  return CLAUSES[clause ?? ''] ?? PLACES.find(([begin]) => begin.test(at))?.[1]
}
