import { base64url, fromBase64url, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Random } from './random.ts'

/** Genuine texts to take pieces from. */
export interface Pool {
  readonly bundles: readonly string[]
  /** Exact texts of roots, heads, releases and stops. */
  readonly statements: readonly string[]
}

/** Alters the text of a bundle; what nobody signed anew. */
export type Mutation = (text: string, random: Random, pool: Pool) => string | Uint8Array

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  bits(text, random) {
    const bytes = utf8(text)
    for (let i = 0; i <= random.int(3); i++) bytes[random.int(bytes.length)]! ^= 1 << random.int(8)
    return bytes
  },
  bytes(text, random) {
    const bytes = utf8(text)
    bytes[random.int(bytes.length)] = random.pick([0, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x80, 0xff])
    return bytes
  },
  cut: (text, random) => text.slice(0, random.int(text.length)),
  cutStart: (text, random) => text.slice(random.int(text.length)),
  remove(text, random) {
    const at = random.int(text.length)
    return text.slice(0, at) + text.slice(at + 1 + random.int(random.pick([2, 20, 2000])))
  },
  insert(text, random) {
    const at = random.int(text.length)
    return text.slice(0, at) + random.pick(PIECES) + text.slice(at)
  },
  repeat(text, random) {
    const at = random.int(text.length)
    const end = at + random.int(random.pick([2, 50, 5000]))
    return text.slice(0, end) + text.slice(at, end) + text.slice(end)
  },
  splice(text, random, { bundles }) {
    const other = random.pick(bundles)
    return text.slice(0, random.int(text.length)) + other.slice(random.int(other.length))
  },
  lines(text, random, { bundles }) {
    const lines = text.split('\n')
    const at = random.int(lines.length)
    const from = random.pick([lines, random.pick(bundles).split('\n')])
    random.pick([
      () => lines.splice(at, 1),
      () => lines.splice(at, 0, lines[at]!),
      () => lines.splice(at, 1, random.pick(from)),
      () => lines.splice(at, 0, random.pick(from)),
      () => lines.reverse(),
    ])()
    return lines.join(random.chance(8) ? '\r\n' : '\n')
  },
  nest(text, random) {
    const [depth, where] = [
      random.pick([70, 20_000]),
      random.pick(['{"head":{', '{"head":', '"proofs":{', '{"flags":{']),
    ]
    return text.replace(where, `${where}"x":${'['.repeat(depth)}${']'.repeat(depth)},`)
  },
  header: (text, random) => inHeader(text, header => mutateJson(header, random)),
  statement: (text, random, { statements }) =>
    inHeader(text, header => {
      const place = random.pick(placesOf(header))
      place.set(random.pick(statements))
      return header
    }),
  otherHead: (text, random, { bundles }) =>
    inHeader(text, header => {
      const other = JSON.parse(random.pick(bundles).split('\n')[0]!) as Header
      const from = random.chance(2) ? other.head : { ...header.head, [random.pick(MEMBERS)]: other.head.head }
      const roots = random.pick([header.roots, other.roots, other.roots.slice(0, 1)])
      return { head: { ...header.head, ...pickMembers(from, random) }, roots }
    }),
  payload: (text, random) => inStatement(text, random, envelope => mutatePayload(envelope, random)),
  signatures: (text, random) =>
    inStatement(text, random, envelope => {
      const { signatures } = envelope
      const at = random.int(signatures.length)
      random.pick([
        () => signatures.splice(at, 1),
        () => signatures.push(signatures[at]!),
        () => signatures.reverse(),
        () => signatures.splice(at, 1, { ...signatures[at]!, signature: random.pick(signatures).signature }),
        () =>
          signatures.splice(at, 1, {
            ...signatures[at]!,
            protected: mutateProtected(signatures[at]!.protected, random),
          }),
        () => Object.assign(signatures[at]!, mutateJson(signatures[at]!, random)),
      ])()
      return envelope
    }),
  envelope: (text, random) => inStatement(text, random, envelope => mutateJson(envelope, random) as Envelope),
}

const PIECES = [
  '\n',
  '\r',
  ' ',
  '"',
  '{}',
  '[',
  ']',
  ',',
  '\\u0000',
  '\u00e9',
  '0',
  '-',
  'null',
  '"__proto__":1,',
  'e5',
  '\ufeff',
]
const MEMBERS = ['head', 'release', 'stops', 'index', 'proofs', 'checkpoint'] as const

export interface Header {
  head: Record<string, unknown> & { head: string; release: string; stops: string[] }
  roots: string[]
}

export interface Envelope {
  payload: string
  signatures: { protected: string; signature: string }[]
}

function inHeader(text: string, change: (header: Header) => unknown): string {
  const end = text.indexOf('\n')
  return JSON.stringify(change(JSON.parse(text.slice(0, end)) as Header)) + text.slice(end)
}

interface Place {
  readonly get: () => string
  readonly set: (text: string) => void
}

/** Where a header carries statements. */
export function placesOf({ head, roots }: Header): Place[] {
  const place = (holder: object, name: PropertyKey): Place => ({
    get: () => Reflect.get(holder, name) as string,
    set: text => void Reflect.set(holder, name, text),
  })
  return [
    place(head, 'head'),
    place(head, 'release'),
    ...head.stops.map((_, i) => place(head.stops, i)),
    ...roots.map((_, i) => place(roots, i)),
  ]
}

function inStatement(text: string, random: Random, change: (envelope: Envelope) => Envelope): string {
  return inHeader(text, header => {
    const place = random.pick(placesOf(header))
    place.set(JSON.stringify(change(JSON.parse(place.get()) as Envelope)))
    return header
  })
}

function pickMembers(from: Record<string, unknown>, random: Random): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(() => random.chance(2)))
}

function mutatePayload(envelope: Envelope, random: Random): Envelope {
  const text = fromUtf8(fromBase64url(envelope.payload)!)!
  const changed = random.chance(3)
    ? text.replace(random.pick([',', ':', '"', '{', '1', 'a']), random.pick(PIECES))
    : JSON.stringify(mutateJson(JSON.parse(text), random))
  return { ...envelope, payload: base64url(utf8(changed)) }
}

function mutateProtected(encoded: string, random: Random): string {
  const header = JSON.parse(fromUtf8(fromBase64url(encoded)!)!) as Record<string, unknown>
  const changes = [
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'EdDSA' },
    { crit: ['x'] },
    { b64: false },
    { typ: 'JWT' },
    { iat: 1 },
  ]
  return base64url(
    utf8(JSON.stringify(random.chance(3) ? mutateJson(header, random) : { ...header, ...random.pick(changes) })),
  )
}

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  'a',
  '0'.repeat(64),
  '2026-11-21T12:00:00Z',
  '9999-12-31T23:59:59Z',
  'never',
  '__proto__',
  'production',
  'staging',
  'alice',
  [],
  {},
  [[]],
]

/** Changes one place somewhere in a JSON value. */
export function mutateJson(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(12)) return mutateScalar(value, random)
  const entries: [string, unknown][] = Object.entries(value)
  if (entries.length === 0) return random.pick(VALUES)
  const at = random.int(entries.length)
  const [name, member] = entries[at]!
  switch (random.int(8)) {
    case 0:
      entries.splice(at, 1)
      break
    case 1:
      entries.splice(at, 0, [
        Array.isArray(value) ? name : random.pick(['x', '__proto__', 'constructor', `${name} `]),
        member,
      ])
      break
    case 2:
      entries.reverse()
      break
    default:
      entries[at] = [name, mutateJson(member, random)]
  }
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries)
}

function mutateScalar(value: unknown, random: Random): unknown {
  if (typeof value === 'number' && random.chance(2)) return value + random.pick([-1, 1, 0.5, 1e6])
  if (typeof value === 'string' && value.length > 0 && random.chance(2)) {
    const at = random.int(value.length)
    return value.slice(0, at) + random.pick(['', 'a', '0', ' ', '\u0000', '\ud800']) + value.slice(at + random.int(2))
  }
  return random.pick(VALUES)
}
