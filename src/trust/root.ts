import { EnsignError } from '../base/errors.ts'
import * as limits from '../base/limits.ts'
import { must } from '../base/must.ts'
import { keysOf, type Owners, type Pause } from './keyring.ts'
import { countSigners } from './quorum.ts'
import { checkRoles } from './roles.ts'
import { rootShape } from './rootshape.ts'
import { type Envelope, type KeyRing, readEnvelope, readPayload, verifyEnvelope } from './statement.ts'
import { checkSuccession } from './succession.ts'
import type { Reference, RootEnvironment, RootPayload, RootPin, Signed } from './types.ts'

/** A verified chain of roots. The newest one judges everything. */
export interface RootState {
  readonly payload: RootPayload
  readonly digest: string
  /** Digest of root 1. */
  readonly genesis: string
  /** The keys of the newest root. */
  readonly keys: KeyRing
  /** Every root from the pinned one on, ascending. */
  readonly chain: readonly Reference[]
  readonly signed: readonly Signed[]
  readonly history: History
}

/** What must hold across roots: whose a key was, and each environment as it was last named. */
export interface History {
  readonly owners: Owners
  readonly environments: Map<string, RootEnvironment>
}

export interface RootChainOptions {
  readonly pin: RootPin
  readonly project: string
  /** The statement of root `version`, or undefined where there is none yet. */
  readonly read: (version: number) => Promise<Uint8Array | undefined>
  /** Goes on from here and not from the pin. */
  readonly from?: RootState | undefined
  readonly pause?: Pause | undefined
}

const noPause: Pause = async () => {}

/** From the pinned root to the newest that there is. */
export async function openRootChain(options: RootChainOptions): Promise<RootState> {
  const { read, project, pause = noPause } = options
  let root = options.from ?? (await openPinned(options.pin, read, project, pause))
  const pinned = root
  const history = {
    owners: new Map(root.history.owners),
    environments: new Map(root.history.environments),
  }
  const chain = [...root.chain]
  for (;;) {
    const bytes = await read(root.payload.version + 1)
    if (bytes === undefined) return root === pinned ? root : Object.freeze({ ...root, chain: Object.freeze(chain) })
    must('5.1', chain.length <= limits.MAX_ROOT_HOPS_COUNT, 'too_many_roots', 'roots')
    root = await openNext(root, new Uint8Array(bytes), history, project, pause)
    chain.push({ version: root.payload.version, digest: root.digest })
  }
}

/** The first root is believed because the application names it; it must meet its own threshold all the same. */
async function openPinned(
  pin: RootPin,
  read: RootChainOptions['read'],
  project: string,
  pause: Pause,
): Promise<RootState> {
  const bytes = isBytes(pin) ? pin : await read(pin?.version)
  if (bytes === undefined) throw new EnsignError('root_missing')
  const at = isBytes(pin) ? 'pinned root' : `roots/${pin.version}.json`
  const envelope = readEnvelope(new Uint8Array(bytes), 'root', at)
  const { digest } = envelope
  must('5.2', isBytes(pin) || pin.digest === digest, 'root_digest', at)
  const payload = readPayload(envelope, rootShape, { project })
  must('5.3', isBytes(pin) || pin.version === payload.version, 'root_version', at)
  checkRoles(payload, at)
  const history: History = { owners: new Map(), environments: new Map() }
  const keys = await keysOf(payload, history.owners, pause, at)
  const signed = await verifyEnvelope(envelope, keys)
  must('5.4', meets(signed, payload), 'threshold', at)
  checkSuccession(history.environments, payload, at)
  const genesis = payload.genesis ?? digest
  const chain = [{ version: payload.version, digest }]
  return Object.freeze({ payload, digest, genesis, keys, chain, signed, history })
}

/**
 * Right after N, signed by N's threshold and by its own. Nothing of it is used, and none of its keys is judged, before
 * N's people have signed it: whoever is not among them can cost no more than a parse.
 */
async function openNext(
  old: RootState,
  bytes: Uint8Array,
  history: History,
  project: string,
  pause: Pause,
): Promise<RootState> {
  const at = `roots/${old.payload.version + 1}.json`
  const envelope = readEnvelope(bytes, 'root', at)
  const signedOld = await verifyEnvelope(envelope, old.keys)
  const payload = readPayload(envelope, rootShape, { project, genesis: old.genesis })
  must('5.5', payload.version === old.payload.version + 1, 'root_version', at)
  must('5.6', payload.previous === old.digest, 'root_fork', at)
  must('5.7', meets(signedOld, old.payload), 'threshold_old', at)
  checkRoles(payload, at)
  const keys = await keysOf(payload, history.owners, pause, at)
  const signed = await verifyEnvelope(
    only(envelope, kid => !old.keys.has(kid)),
    keys,
  )
  const all = [...signed, ...inNew(signedOld, keys)]
  must('5.8', meets(all, payload), 'threshold_new', at)
  checkSuccession(history.environments, payload, at)
  const reference = { version: payload.version, digest: envelope.digest }
  return { payload, digest: reference.digest, genesis: old.genesis, keys, chain: [], signed: all, history }
}

function meets(signed: readonly Signed[], { root }: RootPayload): boolean {
  return countSigners(signed, root.members) >= root.threshold
}

function only(envelope: Envelope, wanted: (kid: string) => boolean): Envelope {
  return { ...envelope, signatures: envelope.signatures.filter(one => wanted(one.kid)) }
}

/** Signatures that were verified under the old root, by keys that the new one still lists: one owner for ever. */
function inNew(signed: readonly Signed[], keys: KeyRing): readonly Signed[] {
  return signed.filter(one => keys.has(one.kid))
}

export function environmentOf(root: RootState, name: string): RootEnvironment {
  const environment = root.payload.environments.find(one => one.name === name)
  must('5.13', environment !== undefined, 'unknown_environment', `environments/${name}`)
  return environment
}

function isBytes(pin: RootPin): pin is Uint8Array {
  return ArrayBuffer.isView(pin)
}
