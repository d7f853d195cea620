import { fromHex, utf8 } from '../../src/base/bytes.ts'
import { EnsignError } from '../../src/base/errors.ts'
import { regex } from '../../src/regex.ts'
import { plain, unitOf } from '../../src/rules/attributes.ts'
import { createEngine } from '../../src/rules/engine.ts'
import type { Context, Flags } from '../../src/rules/flags.ts'
import { bucketOf, murmur3, partOf } from '../../src/rules/hash.ts'
import { loadPart } from '../../src/rules/load.ts'
import { seal } from '../../src/rules/sealed.ts'
import type { AttributeName, Sealed } from '../../src/rules/types.ts'

/** The runner of vectors, for every runtime: it needs nothing but the library. */
export interface Vector {
  readonly id: string
  readonly do: string
  readonly about: string
  readonly expect: unknown
  readonly in?: string
  readonly [input: string]: unknown
}

export interface VectorFile {
  readonly format: string
  readonly sets?: Readonly<Record<string, object>>
  readonly cases: readonly Vector[]
}

/** Values that JSON cannot hold, by their tag. */
const TAGS: Readonly<Record<string, (value: never) => unknown>> = {
  $utf16: (units: string) =>
    String.fromCharCode(...(units.match(/.{4}/g) ?? []).map(unit => Number.parseInt(unit, 16))),
  $repeat: ([text, count]: [unknown, number]) => String(untag(text)).repeat(count),
  $concat: (texts: unknown[]) => texts.map(untag).join(''),
  $number: (text: string) => Number(text),
  $bigint: (text: string) => BigInt(text),
  $date: (text: string) => new Date(Number(text)),
  $undefined: () => undefined,
  $function: () => () => true,
  $symbol: () => Symbol('of no kind'),
  $hex: (text: string) => fromHex(text),
}

function untag(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(untag)
  const names = Object.keys(value)
  if (names.length === 1 && names[0]!.startsWith('$')) {
    const read = TAGS[names[0]!]
    if (read === undefined) throw new Error(`unknown tag ${names[0]}`)
    return read((value as Record<string, never>)[names[0]!]!)
  }
  const object = {}
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(object, name, { value: untag(member), enumerable: true, configurable: true, writable: true })
  }
  return object
}

interface Environment {
  readonly parts?: readonly unknown[]
  readonly stops?: readonly string[]
  readonly window?: readonly [number, number]
  readonly now?: number
  readonly secrets?: Readonly<Record<string, string>>
  readonly regex?: boolean
}

function open({ parts = [], stops = [], window, now = 0, secrets = {}, regex: searches = true }: Environment): Flags {
  const bytes = Object.entries(secrets).map(([name, hex]) => [name, fromHex(hex)!] as const)
  const engine = createEngine({
    now: () => now,
    secrets: Object.fromEntries(bytes),
    regex: searches ? regex : undefined,
  })
  engine.apply({
    parts: parts.map(part => loadPart(utf8(JSON.stringify(part)))),
    stops: stops.map(flag => ({ flag, version: 1 })),
    window: window === undefined ? null : { from: window[0], until: window[1] },
    info: null,
  })
  return engine.flags
}

/** One row for each `do`: what the engine says, in the form of `expect`. */
const DO: Readonly<Record<string, (inputs: never) => unknown>> = {
  hash: ({ text, seed }: { text: unknown; seed: number }) => murmur3(untag(text) as string, seed),
  bucket({ unit, salt }: { unit: unknown; salt: unknown }) {
    const seed = murmur3(untag(salt) as string, 0)
    const found = unitOf(untag(unit))
    return { seed, bucket: found === '' ? null : bucketOf(found, seed) }
  },
  place: ({ key, count }: { key: unknown; count: number }) => partOf(untag(key) as string, count),
  token({ secret, attr, norm, value }: { secret: string; attr: AttributeName; norm: Sealed['norm']; value: unknown }) {
    const given = untag(value)
    const number = plain(given)
    const takes = typeof number === 'string' || Number.isFinite(number)
    const token = seal(fromHex(secret)!, attr, takes ? (number as string) : '', norm)
    const part = { flags: {}, segments: { s: { when: { attr, sealed: { key: 'k', norm, values: [token] } } } } }
    const flags = open({ parts: [part, seen({ segment: 's' })], secrets: { k: secret } })
    const context = typeof attr === 'string' ? { [attr]: given } : nest(attr, given)
    const verdict = flags.variant('verdict', context)
    if (verdict !== (takes ? 'true' : 'unknown')) throw new Error(`its own token is ${verdict}`)
    return takes ? token : null
  },
  load({ text }: { text: unknown }) {
    const bytes = untag(text)
    try {
      const part = loadPart(bytes instanceof Uint8Array ? bytes : utf8(bytes as string))
      const engine = createEngine({ now: () => 0, regex })
      engine.apply({ parts: [part], stops: [], window: null, info: null })
      const codes = [...part.flags.keys()].map(key => {
        const { reason, code } = engine.flags.explain(key)
        return [key, reason === 'ERROR' ? code : null] as const
      })
      return { flags: Object.fromEntries(codes) }
    } catch (error) {
      if (error instanceof EnsignError) return { refused: error.code }
      throw error
    }
  },
  verdict(inputs: Environment & { when: unknown; context?: unknown }) {
    const flags = open({ ...inputs, parts: [...(inputs.parts ?? []), seen(inputs.when)] })
    const { variant, code } = flags.explain('verdict', untag(inputs.context ?? {}) as Context)
    return variant ?? code
  },
  evaluate(inputs: Environment & { key: unknown; context?: unknown }) {
    const flags = open(inputs)
    const key = untag(inputs.key) as string
    const context = untag(inputs.context ?? {}) as Context
    const { value, enabled: _, flag: __, release: ___, ...answer } = flags.explain(key, context)
    const [yes, no] = [flags.isEnabled(key, context, true), flags.isEnabled(key, context, false)]
    const known = Object.fromEntries(Object.entries(answer).map(([name, member]) => [name, member ?? null]))
    const enabled = yes === no ? yes : 'fallback'
    return answer.variant === undefined ? { ...known, enabled } : { ...known, value, enabled }
  },
}

function nest(path: readonly string[], value: unknown): Context {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Context
}

/** The flag through which a verdict is seen. */
function seen(when: unknown): unknown {
  const rules = [
    { id: 'true', when, then: { serve: 0 } },
    { id: 'false', when: { not: when }, then: { serve: 1 } },
  ]
  const variants = [
    ['true', 'T'],
    ['false', 'F'],
    ['unknown', 'U'],
  ]
  const flag = { on: true, type: 'string', variants, off: 2, salt: 'verdict', rules, otherwise: { serve: 2 } }
  return { flags: { verdict: flag } }
}

/** What the engine says to a case; to be compared with its `expect`. */
export function runVector(file: VectorFile, one: Vector): unknown {
  const run = DO[one.do]
  if (run === undefined) throw new Error(`a runner must know \`${one.do}\``)
  if (!Object.hasOwn(one, 'expect')) throw new Error('a case without `expect`')
  const set = one.in === undefined ? {} : file.sets![one.in]!
  return run({ ...set, ...one } as never)
}
