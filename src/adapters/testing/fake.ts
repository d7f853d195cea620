import { utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { isObject, type Json } from '../../base/json.ts'
import { createEngine, type EngineOptions, type StopInForce } from '../../rules/engine.ts'
import type { Flags, Schema } from '../../rules/flags.ts'
import { type LoadedPart, loadPart } from '../../rules/load.ts'
import { problemsOf } from '../../rules/problems.ts'
import type { Flag, FlagType, Part } from '../../rules/types.ts'

/** A value that the flag always has, or a whole flag in the form that the rules specification gives. */
export type FakeValue = Json | Flag

export interface FakeFlags<S = Schema> extends Flags<S> {
  /** Gives flags new values until `reset`. */
  set(values: Partial<Record<keyof S & string, FakeValue>>): void
  /** The same until the returned scope is disposed of: `using scope = flags.override({ checkout: true })`. */
  override(values: Partial<Record<keyof S & string, FakeValue>>): Disposable
  /** Stops flags, as a signed stop would. */
  stop(...keys: readonly (keyof S & string)[]): void
  /** Back to what it was made with. */
  reset(): void
}

export interface FakeOptions {
  /** Milliseconds since 1970, for flags with time conditions; the clock of this machine where absent. */
  readonly now?: () => number
}

/**
 * Flags with the values that a test gives them, on the engine that runs in production. It has no source, no key and no
 * network: it cannot be made to follow a store, so it cannot end up in one by mistake.
 */
export function fakeFlags<S = Schema>(
  values: Partial<Record<keyof NoInfer<S> & string, FakeValue>> = {},
  { now = Date.now }: FakeOptions = {},
): FakeFlags<S> {
  return fakeOver<S>({ flags: Object.fromEntries(readAll(values)) }, { now })
}

/** The same over a whole rule set. */
export function fakeOver<S>(rules: Part, options: EngineOptions): FakeFlags<S> {
  const engine = createEngine(options)
  let layers: readonly Layer[] = []
  const apply = () =>
    engine.apply({
      parts: [partOf(rules, layers)],
      stops: layers.flatMap(layer => layer.stops),
      window: null,
      info: null,
    })
  const push = (layer: Layer) => {
    layers = [...layers, layer]
    apply()
    return layer
  }
  apply()
  return {
    ...(engine.flags as unknown as Flags<S>),
    set(more: Partial<Record<string, FakeValue>>) {
      push({ values: readAll(more), stops: [] })
    },
    override(more: Partial<Record<string, FakeValue>>) {
      const layer = push({ values: readAll(more), stops: [] })
      return {
        [Symbol.dispose]() {
          layers = layers.filter(one => one !== layer)
          apply()
        },
      }
    },
    stop(...keys: readonly string[]) {
      push({ values: new Map(), stops: keys.map((flag, i) => ({ flag, version: i + 1 })) })
    },
    reset() {
      layers = []
      apply()
    },
  }
}

interface Layer {
  readonly values: ReadonlyMap<string, Flag>
  readonly stops: readonly StopInForce[]
}

function partOf({ flags = {}, segments = {} }: Part, layers: readonly Layer[]): LoadedPart {
  const all = new Map(Object.entries(flags))
  for (const layer of layers) for (const [key, flag] of layer.values) all.set(key, flag)
  // Through the same reader as published rules; Object.fromEntries makes __proto__ an own property.
  const part = loadPart(utf8(JSON.stringify({ flags: Object.fromEntries(all), segments })))
  const problem = problemsOf(part)[0]
  if (problem !== undefined) {
    throw new EnsignError(problem.code, `a fake flag is not well formed: ${problem.what}`, { at: problem.at })
  }
  return part
}

function readAll(values: Partial<Record<string, FakeValue>>): Map<string, Flag> {
  return new Map(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, flagOf(value)] as const])),
  )
}

function flagOf(value: FakeValue): Flag {
  if (isFlag(value)) return value
  const type = typeOf(value)
  const base = { on: true, type, salt: 'fake', rules: [] }
  if (typeof value === 'boolean') {
    return {
      ...base,
      variants: [
        ['on', true],
        ['off', false],
      ],
      off: 1,
      otherwise: { serve: value ? 0 : 1 },
    }
  }
  return { ...base, variants: [['value', value]], off: null, otherwise: { serve: 0 } }
}

function isFlag(value: FakeValue): value is Flag {
  return isObject(value) && Array.isArray(value.variants) && isObject(value.otherwise)
}

function typeOf(value: Json): FlagType {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return 'json'
}
