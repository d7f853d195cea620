import { EnsignError } from '../base/errors.ts'
import type { Flags, Schema } from '../rules/flags.ts'
import { flagsOf } from '../rules/live.ts'
import type { RegexEngine } from '../rules/regex.ts'
import type { Secret } from '../rules/sealed.ts'
import type { RootPin } from '../trust/types.ts'
import { openBundleFile } from './bundlefile.ts'
import { type Floor, type Memory, readMemory } from './memory.ts'
import { openState } from './open.ts'
import { type Provenance, provenanceOf } from './provenance.ts'
import type { Source } from './source.ts'
import type { VerifiedState } from './state.ts'

export interface BundleOptions {
  /** Compared with every statement in the bundle, and never read from it. */
  readonly project: string
  readonly environment: string
  /** What the application pins: a root statement, or the version and digest of one. */
  readonly root: RootPin
  /** A minimum that is deployed with the worker, which has no memory. */
  readonly floor?: Floor | undefined
  /** What `bundle.memory` was in an earlier run, where there is a place to keep it. */
  readonly memory?: Memory | undefined
  /** Milliseconds since 1970. Asked when a bundle is opened, and by flags with time conditions. */
  readonly now?: (() => number) | undefined
  /** For sealed values, by name. */
  readonly secrets?: Readonly<Record<string, Secret>> | undefined
  /** From `ensign-flags/regex`. Without it a flag that matches by regular expression is in error. */
  readonly regex?: RegexEngine | undefined
  /** Takes a genuine bundle that has expired. */
  readonly allowStale?: boolean | undefined
  /**
   * Gets a file below the log's folder, such as `tile/0/000.p/7`. Asked for by `update` where the new bundle does not
   * prove that its log extends this one's; without it such an update is refused with `log_gap`.
   */
  readonly tiles?: ((path: string) => Promise<Uint8Array | undefined>) | undefined
}

/** Verified rules, ready to be asked. It has no life cycle: no timer, no connection, nothing shared. */
export interface Bundle<S = Schema> extends Flags<S> {
  provenance(): Provenance
  /** Plain JSON: what a later `openBundle` may be given, so that it refuses anything older. */
  readonly memory: Memory
  /** Verifies a newer bundle against this one, and gives it. This one stays as it is. Refusals are thrown. */
  update(bytes: Uint8Array): Promise<Bundle<S>>
}

type Given = BundleOptions & { readonly now: () => number }

/** Verifies the bytes of a bundle.ndjson. Whatever is wrong with them is thrown as an `EnsignError`. */
export async function openBundleWith<S = Schema>(bytes: Uint8Array, options: Given): Promise<Bundle<S>> {
  const given: Given = Object.freeze(
    Object.assign(Object.create(null), options, { memory: readMemory(options.memory) }),
  )
  for (const name of ['now', 'tiles'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'function') {
      throw new EnsignError('options', `\`${name}\` takes a function`, { at: name })
    }
  }
  const time = given.now()
  return bundleOf(given, await open(bytes, given, time, undefined), time)
}

async function open(
  bytes: Uint8Array,
  given: Given,
  now: number,
  previous: VerifiedState | undefined,
): Promise<VerifiedState> {
  // A copy, taken before anything waits: the caller's buffer stays the caller's. A Buffer's own `slice` would be a view.
  const file = openBundleFile(new Uint8Array(bytes))
  const { project, environment, root, floor, memory, allowStale } = given
  const state = await openState({
    source: withTiles(file, given.tiles),
    project,
    environment,
    root,
    now,
    floor,
    memory: previous?.memory ?? memory,
    previous,
    allowStale,
  })
  await file.finish()
  return state
}

function bundleOf<S>(given: Given, state: VerifiedState, verifiedAt: number): Bundle<S> {
  const { now, secrets, regex } = given
  const bundle: Bundle<S> = {
    ...(flagsOf(state.ruleSet, { now, secrets, regex }) as unknown as Flags<S>),
    provenance: () => provenanceOf(state, verifiedAt),
    memory: state.memory,
    async update(bytes) {
      const time = given.now()
      const newer = await open(bytes, given, time, state)
      return newer === state ? bundle : bundleOf<S>(given, newer, time)
    },
  }
  return Object.freeze(bundle)
}

const LOG_PATH = /^[^/]+\/log\/\d+\/(tile\/.+)$/

/** A bundle file holds no tiles; they come from whoever has them. */
function withTiles(source: Source, tiles: BundleOptions['tiles']): Source {
  return {
    async get(path, options) {
      const tile = LOG_PATH.exec(path)
      return tile === null ? source.get(path, options) : tiles?.(tile[1]!)
    },
  }
}
