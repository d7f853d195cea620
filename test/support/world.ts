import { fromUtf8, hex, utf8 } from '../../src/base/bytes.ts'
import { canonicalBytes, type Json } from '../../src/base/json.ts'
import { formatTime } from '../../src/base/time.ts'
import { printBundleFile } from '../../src/bundle/bundlefile.ts'
import type { Memory } from '../../src/bundle/memory.ts'
import { namesNewRoot } from '../../src/bundle/newroot.ts'
import { openState } from '../../src/bundle/open.ts'
import { layoutParts } from '../../src/bundle/parts.ts'
import type { Source } from '../../src/bundle/source.ts'
import type { OpenOptions, VerifiedState } from '../../src/bundle/state.ts'
import type {
  EventPayload,
  HeadFile,
  HeadPayload,
  LogEntry,
  ReleasePayload,
  StateEntry,
  StopPayload,
} from '../../src/bundle/types.ts'
import { append, EMPTY_TIP, type LogTip, tipRoot } from '../../src/log/append.ts'
import { makeCheckpoint } from '../../src/log/checkpoint.ts'
import { proveConsistency, proveInclusion } from '../../src/log/merkle.ts'
import { hashesFrom, openTiles } from '../../src/log/tiles.ts'
import { readSealed, sealStatement } from '../../src/trust/seal.ts'
import type { LoggedReference, RootEnvironment, RootPayload, Standing, StatementType } from '../../src/trust/types.ts'
import { type Cast, rootOne, theCast, withEnvironment } from './cast.ts'

/**
 * A whole signed store in memory, made by the real parts of the library. Every step takes a change to what it would
 * sign, log or write, so that a test can say in a line what is wrong with the world.
 */
export interface WorldOptions {
  readonly cast?: Cast
  readonly project?: string
  readonly open?: (options: OpenOptions) => Promise<VerifiedState>
  readonly root?: (root: RootPayload) => RootPayload
  /** Who signs root 1. */
  readonly signers?: readonly string[]
}

export interface Sealed<P> {
  readonly payload: P
  readonly bytes: Uint8Array
  readonly text: string
  readonly digest: string
  readonly envelope: string
}

/** How a step differs from what is right. `bytes` has the last word on the statement. */
export interface Change<P> {
  readonly payload?: (payload: P) => unknown
  readonly signers?: readonly string[]
  readonly bytes?: (sealed: Uint8Array, payload: P) => Uint8Array | Promise<Uint8Array>
}

export interface HeadChange extends Change<HeadPayload> {
  readonly file?: (file: HeadFile) => unknown
  readonly lifetime?: number
}

type Laid = Awaited<ReturnType<typeof layoutParts>>

export interface ReleaseChange extends Change<ReleasePayload> {
  readonly flags?: Readonly<Record<string, Json>>
  readonly segments?: Readonly<Record<string, Json>>
  readonly parts?: (laid: Laid) => Laid | Promise<Laid>
  /** How many parts there are now, as the layout takes it. */
  readonly count?: number
  readonly head?: HeadChange | false
  readonly entry?: (entry: StateEntry) => LogEntry
}

export interface StopChange extends Change<StopPayload> {
  readonly flags?: readonly string[]
  readonly head?: HeadChange | false
}

/** One environment as its publisher sees it. All of it may be changed. */
export interface Realm {
  epoch: number
  sequence: number
  tip: LogTip
  sizes: number[]
  entries: LogEntry[]
  release: Sealed<ReleasePayload> | undefined
  index: Uint8Array
  /** Every stop ever made, ascending. */
  stops: Sealed<StopPayload>[]
  since: string
  issued: number
  /** What is in force by the log: a refreshed head says it again, whatever the newest root is. */
  logged: StateEntry | undefined
}

export const START = Date.UTC(2026, 10, 21, 12, 0, 0)
const MINUTE = 60_000
export const DAY = 24 * 3600_000

export const FLAG = {
  on: true,
  type: 'boolean',
  variants: [
    ['on', true],
    ['off', false],
  ],
  off: 1,
  salt: 's',
  rules: [],
  otherwise: { serve: 0 },
} as const satisfies Json

export type World = Awaited<ReturnType<typeof createWorld>>

export async function createWorld(options: WorldOptions = {}) {
  const cast = options.cast ?? (await theCast())
  const project = options.project ?? 'shop'
  const open = options.open ?? openState
  const store = new Map<string, Uint8Array>()
  const realms = new Map<string, Realm>()
  const asked: string[] = []
  const roots: Sealed<RootPayload>[] = []
  let now = START

  const put = (path: string, bytes: Uint8Array) => void store.set(path, bytes)
  const source: Source = {
    async get(path) {
      asked.push(path)
      return store.get(path)
    },
  }

  const seal = async <P extends object>(
    payload: P & { readonly type: StatementType },
    signers: readonly string[],
    change: Change<P> = {},
  ): Promise<Sealed<P>> => {
    const changed = (change.payload?.(payload) ?? payload) as typeof payload
    const people = (change.signers ?? signers).map(name => cast[name]!)
    const sealed = await sealStatement(changed, people, Math.floor(now / 1000))
    const bytes = (await change.bytes?.(sealed, changed)) ?? sealed
    return describe(bytes, changed)
  }

  const realm = (name = 'production'): Realm => {
    const found = realms.get(name)
    if (found !== undefined) return found
    const made: Realm = {
      epoch: 1,
      sequence: 0,
      tip: EMPTY_TIP,
      sizes: [],
      entries: [],
      release: undefined,
      index: new Uint8Array(),
      stops: [],
      since: formatTime(now),
      issued: 0,
      logged: undefined,
    }
    realms.set(name, made)
    return made
  }

  const root = () => roots.at(-1)!
  const environmentOf = (name: string) => root().payload.environments.find(one => one.name === name)!
  const lineage = (environment: string) => ({ genesis: roots[0]!.digest, project, environment, spec: 1 as const })
  const publisherOf = (name: string) => (name === 'staging' ? ['stager'] : ['publisher'])
  const folderOf = (name: string) => `${name}/log/${realm(name).epoch}`
  const inForce = (name: string) => {
    const { release, stops } = realm(name)
    const cleared = release?.payload.clears?.version ?? 0
    return stops.filter(stop => stop.payload.version > cleared)
  }

  const readerOf = (name: string) => {
    const { tip } = realm(name)
    const tree = { size: tip.size, root: tipRoot(tip) }
    return hashesFrom(openTiles(tree, async path => store.get(`${folderOf(name)}/${path}`)))
  }

  const log = (name: string, ...entries: readonly LogEntry[]) => {
    const one = realm(name)
    const grown = append(
      one.tip,
      entries.map(entry => canonicalBytes(entry as unknown as Json)),
    )
    one.tip = grown.tip
    one.entries.push(...entries)
    for (const { path, bytes } of grown.files) put(`${folderOf(name)}/${path}`, bytes)
  }

  /** What is in force, as the log holds it. */
  const state = (name = 'production'): StateEntry => {
    const { release, since } = realm(name)
    const last = realm(name).stops.at(-1)
    return {
      type: 'state',
      genesis: roots[0]!.digest,
      project,
      environment: name,
      root: { version: root().payload.version, digest: root().digest },
      release: named(release!),
      stop: last === undefined ? null : named(last),
      since,
    }
  }

  /** Puts what is in force at the end of the log. */
  const commit = (name = 'production', entry: (entry: StateEntry) => LogEntry = one => one) => {
    realm(name).logged = state(name)
    log(name, entry(state(name)))
  }

  /** Signs a head over what is in force and writes head.json and bundle.ndjson. */
  const head = async (name = 'production', change: HeadChange = {}): Promise<Sealed<HeadPayload>> => {
    const one = realm(name)
    one.sequence += 1
    one.issued = Math.max(now, one.issued)
    const tree = { size: one.tip.size, root: hex(tipRoot(one.tip)) }
    const environment = environmentOf(name)
    const lifetime = change.lifetime ?? environment.headLifetime
    const payload: HeadPayload = {
      type: 'head',
      ...lineage(name),
      epoch: one.epoch,
      sequence: one.sequence,
      issued: formatTime(one.issued),
      expires: formatTime(one.issued + lifetime * 1000),
      state: one.logged!,
      log: { origin: environment.log.origin, ...tree },
    }
    const sealed = await seal(payload, publisherOf(name), change)
    const read = readerOf(name)
    const froms = [...new Set([...one.sizes.slice(-8), environment.standing?.log.size ?? 0])]
    const file: HeadFile = {
      head: sealed.text,
      release: one.release!.text,
      stops: inForce(name).map(stop => stop.text),
      ...(one.index.length < 8192 ? { index: fromUtf8(one.index)! } : {}),
      proofs: {
        state: (await proveInclusion(tree.size - 1, tree.size, read)).map(hex),
        consistency: await Promise.all(
          froms
            .filter(from => from > 0 && from < tree.size)
            .map(async from => ({ from, hashes: (await proveConsistency(from, tree.size, read)).map(hex) })),
        ),
      },
      checkpoint: await checkpoint(name),
    }
    one.sizes.push(tree.size)
    put(`${name}/head.json`, canonicalBytes((change.file?.(file) ?? file) as Json))
    return sealed
  }

  const checkpoint = (name: string) => {
    const { tip } = realm(name)
    const key = cast[name === 'staging' ? 'log-staging' : 'log']!
    const raw = Uint8Array.from(atob(key.jwk.x.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0))
    const origin = environmentOf(name).log.origin
    return makeCheckpoint({ origin, size: tip.size, root: tipRoot(tip) }, raw, input => key.sign(input))
  }

  /** Proposes, approves, logs and publishes rules, all at once. */
  const release = async (name = 'production', change: ReleaseChange = {}): Promise<Sealed<ReleasePayload>> => {
    const one = realm(name)
    const laid = await layoutParts(change.flags ?? { 'new-checkout': FLAG }, change.segments ?? {}, change.count)
    const { index, parts } = (await change.parts?.(laid)) ?? laid
    const digest = await sha256(index)
    put(`${name}/parts/${digest}.json`, index)
    for (const part of parts) put(`${name}/parts/${part.digest}.json`, part.bytes)
    const payload: ReleasePayload = {
      type: 'release',
      ...lineage(name),
      version: (one.release?.payload.version ?? 0) + 1,
      previous: one.release?.digest ?? null,
      author: 'alice',
      created: formatTime(now),
      effective: { from: formatTime(now - MINUTE), until: formatTime(now + 7 * DAY) },
      parts: { digest, size: index.length, count: parts.length },
      manifest: { digest: await sha256(utf8('{}')), size: 2 },
      clears: one.release?.payload.clears ?? null,
    }
    const signers = name === 'staging' ? ['alice'] : ['alice', 'bob']
    one.release = await seal(payload, signers, change)
    one.index = index
    one.since = formatTime(now)
    put(`${name}/releases/${one.release.payload.version}-${one.release.digest}.json`, one.release.bytes)
    commit(name, change.entry)
    if (change.head !== false) await head(name, change.head)
    return one.release
  }

  const stop = async (name = 'production', change: StopChange = {}): Promise<Sealed<StopPayload>> => {
    const one = realm(name)
    const last = one.stops.at(-1)
    const payload: StopPayload = {
      type: 'stop',
      ...lineage(name),
      version: (last?.payload.version ?? 0) + 1,
      previous: last?.digest ?? null,
      created: formatTime(now),
      flags: change.flags ?? ['new-checkout'],
      reason: 'errors at the till',
      incident: 'INC-7',
    }
    const sealed = await seal(payload, ['dave'], change)
    one.stops.push(sealed)
    put(`${name}/stops/${sealed.payload.version}-${sealed.digest}.json`, sealed.bytes)
    commit(name)
    if (change.head !== false) await head(name, change.head)
    return sealed
  }

  const event = async (name = 'production', change: Change<EventPayload> & { head?: HeadChange | false } = {}) => {
    const payload: EventPayload = {
      type: 'event',
      ...lineage(name),
      created: formatTime(now),
      action: 'drill',
      subject: null,
      reason: 'quarterly',
    }
    const sealed = await seal(payload, ['alice'], change)
    const { digest, envelope } = sealed
    log(name, { type: 'event', genesis: roots[0]!.digest, project, environment: name, digest, envelope })
    commit(name)
    if (change.head !== false) await head(name, change.head)
    return sealed
  }

  /** The next root, as `change` makes it of the newest one. Both thresholds sign unless told otherwise. */
  const nextRoot = async (
    change: (root: RootPayload) => unknown = one => one,
    signers: readonly string[] = ['alice', 'bob'],
    bytes?: Change<RootPayload>['bytes'],
  ): Promise<Sealed<RootPayload>> => {
    const { payload, digest } = root()
    const next = {
      ...payload,
      version: payload.version + 1,
      genesis: roots[0]!.digest,
      previous: digest,
      issued: formatTime(now),
      expires: formatTime(now + 365 * DAY),
    }
    const sealed = await seal(change(next) as RootPayload, signers, bytes === undefined ? {} : { bytes })
    roots.push(sealed)
    put(`roots/${roots.length}.json`, sealed.bytes)
    return sealed
  }

  const standing = (name = 'production'): Standing => {
    const one = realm(name)
    const plain = (of: Sealed<{ version: number }> | undefined) =>
      of === undefined ? null : { version: of.payload.version, digest: of.digest }
    return {
      release: plain(one.release)!,
      stop: plain(one.stops.at(-1)),
      clears: one.release!.payload.clears,
      log: { size: one.tip.size, root: hex(tipRoot(one.tip)) },
    }
  }

  /** A root that raises the epoch of an environment, and a log that goes on from what it vouches for. */
  const raiseEpoch = async (name = 'production', more: Partial<RootEnvironment> = {}) => {
    const one = realm(name)
    const epoch = one.epoch + 1
    const standingNow = standing(name)
    await nextRoot(payload =>
      withEnvironment(payload, name, was => ({
        epoch,
        log: { ...was.log, origin: `flags.example/${project}/${name}/${epoch}` },
        standing: standingNow,
        ...more,
      })),
    )
    const before = folderOf(name)
    one.epoch = epoch
    one.sequence = 0
    one.issued = 0
    for (const [path, bytes] of [...store]) {
      if (path.startsWith(`${before}/`)) put(path.replace(before, folderOf(name)), bytes)
    }
  }

  /** bundle.ndjson as a publisher derives it. */
  const bundle = async (name = 'production'): Promise<Uint8Array<ArrayBuffer>> => {
    const chunks: Uint8Array[] = []
    const rootBytes = roots.map(one => one.bytes)
    const lines = printBundleFile(store.get(`${name}/head.json`)!, rootBytes, realm(name).index, async part => {
      return store.get(`${name}/parts/${part.digest}.json`)!
    })
    for await (const chunk of lines) chunks.push(chunk)
    return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
  }

  const optionsOf = (more: Partial<OpenOptions> = {}): OpenOptions => ({
    source,
    project,
    environment: 'production',
    root: roots[0]!.bytes,
    now,
    namesNewRoot,
    ...more,
  })

  const first = rootOne(cast, project, formatTime(now - DAY), formatTime(now + 365 * DAY))
  roots.push(await seal(options.root?.(first) ?? first, options.signers ?? ['alice', 'bob']))
  put('roots/1.json', roots[0]!.bytes)

  return {
    cast,
    project,
    store,
    source,
    roots,
    /** The paths that the source was asked for. */
    asked,
    get now() {
      return now
    },
    /** Time goes on. */
    wait(ms = MINUTE) {
      now += ms
    },
    put,
    seal,
    realm,
    root,
    state,
    standing,
    log,
    commit,
    head,
    release,
    stop,
    event,
    nextRoot,
    raiseEpoch,
    bundle,
    inForce,
    /** Changes head.json as it lies in the store. */
    edit(change: (file: HeadFile) => unknown, name = 'production') {
      const path = `${name}/head.json`
      put(path, utf8(JSON.stringify(change(JSON.parse(fromUtf8(store.get(path)!)!) as HeadFile))))
    },
    /** The store as it is now; the answer brings it back. */
    snapshot() {
      const copy = new Map(store)
      return () => {
        store.clear()
        for (const [path, bytes] of copy) store.set(path, bytes)
      }
    },
    options: optionsOf,
    open: (more: Partial<OpenOptions> = {}) => open(optionsOf(more)),
    /** Opens what is there and gives what a client remembers of it. */
    memory: async (more: Partial<OpenOptions> = {}): Promise<Memory> => (await open(optionsOf(more))).memory,
  }
}

function describe<P extends object>(bytes: Uint8Array, payload: P): Sealed<P> {
  try {
    const { digest, envelope } = readSealed(bytes, (payload as { type: StatementType }).type)
    return { payload, bytes, text: fromUtf8(bytes)!, digest, envelope }
  } catch {
    // Broken on purpose: nothing will refer to it by its digest.
    const none = '0'.repeat(64)
    return { payload, bytes, text: fromUtf8(bytes) ?? '', digest: none, envelope: none }
  }
}

function named({ payload, digest, envelope }: Sealed<{ readonly version: number }>): LoggedReference {
  return { version: payload.version, digest, envelope }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)))
}
