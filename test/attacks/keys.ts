import { base64url, fromHex } from '../../src/base/bytes.ts'
import { thumbprint } from '../../src/trust/keys.ts'
import type { PublicJwk, RootPayload } from '../../src/trust/types.ts'
import type { Cast } from '../support/cast.ts'
import type { Attack } from './attack.ts'

/** Dave's key in root 1 is this instead. */
function keyed(id: string, expected: string, make: (own: PublicJwk, cast: Cast) => object | Promise<object>): Attack {
  return {
    id,
    expected,
    stage: async makeWorld => {
      const { cast } = await makeWorld()
      const key = await make(cast.dave!.jwk, cast)
      const world = await makeWorld({
        root: root => ({
          ...root,
          people: root.people.map(person => (person.id === 'dave' ? { ...person, keys: [key as PublicJwk] } : person)),
        }),
      })
      await world.release()
      return () => world.open()
    },
  }
}

const named = (jwk: object) => ({ ...jwk, kid: thumbprint(jwk as PublicJwk) })
const point = (hex: string) => named({ crv: 'Ed25519', kty: 'OKP', x: base64url(fromHex(hex)!) })
const elliptic = (x: Uint8Array, y: Uint8Array) => named({ crv: 'P-256', kty: 'EC', x: base64url(x), y: base64url(y) })
const zeros = '00'.repeat(31)
const ones = 'ff'.repeat(30)

/** The eight points of small order and every other spelling of them: y, little endian, the top bit the sign of x. */
export const WEAK: Readonly<Record<string, string>> = {
  'order-1': `01${zeros}`,
  'order-1-signed': `01${zeros.slice(2)}80`,
  'order-1-over': `ee${ones}7f`,
  'order-1-over-signed': `ee${ones}ff`,
  'order-2': `ec${ones}7f`,
  'order-2-signed': `ec${ones}ff`,
  'order-4': `00${zeros}`,
  'order-4-signed': `00${zeros.slice(2)}80`,
  'order-4-over': `ed${ones}7f`,
  'order-4-over-signed': `ed${ones}ff`,
  'order-8a': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'order-8a-signed': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'order-8b': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'order-8b-signed': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
}

const octets = (text: string) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0))

export const keyAttacks: readonly Attack[] = [
  ...Object.entries(WEAK).map(([name, hex]) => keyed(`root-weak-${name}`, 'weak_key', () => point(hex))),
  keyed('key-off-curve', 'key', () => point(`02${zeros}`)),
  keyed('key-over-field', 'key', () => point(`f0${ones}7f`)),
  keyed('key-off-curve-p256', 'key', (_, { bob }) => {
    const jwk = bob!.jwk as Extract<PublicJwk, { kty: 'EC' }>
    const y = octets(jwk.y)
    y[31]! ^= 1
    return elliptic(octets(jwk.x), y)
  }),
  keyed('key-zero-p256', 'key', () => elliptic(new Uint8Array(32), new Uint8Array(32))),
  keyed('key-over-field-p256', 'key', () => elliptic(new Uint8Array(32).fill(255), new Uint8Array(32).fill(255))),
  keyed('root-private', 'key', own => ({ ...own, d: own.x })),
  keyed('root-private-ec', 'key', (_, { bob }) => ({ ...bob!.jwk, d: bob!.jwk.x })),
  keyed('root-oct', 'key_alg', () => ({ kid: 'A'.repeat(43), kty: 'oct', k: 'c2VjcmV0' })),
  keyed('root-oct-hs256', 'key_alg', own => ({ ...own, kty: 'oct', k: own.x })),
  keyed('key-rsa', 'key_alg', () => ({ kid: 'A'.repeat(43), kty: 'RSA', n: 'AQAB', e: 'AQAB' })),
  keyed('key-ed448', 'key_alg', own => ({ ...own, crv: 'Ed448' })),
  keyed('key-x25519', 'key_alg', own => ({ ...own, crv: 'X25519' })),
  keyed('key-secp256k1', 'key_alg', (_, { bob }) => ({ ...bob!.jwk, crv: 'secp256k1' })),
  keyed('key-p384', 'key_alg', (_, { bob }) => ({ ...bob!.jwk, crv: 'P-384' })),
  keyed('key-kty-mixed', 'key_alg', own => ({ ...own, kty: 'EC' })),
  keyed('key-crv-prototype', 'key_alg', own => ({ ...own, crv: 'constructor' })),
  keyed('key-with-alg', 'key', own => ({ ...own, alg: 'HS256' })),
  keyed('key-with-use', 'key', own => ({ ...own, use: 'sig' })),
  keyed('key-with-ops', 'key', own => ({ ...own, key_ops: ['sign'] })),
  keyed('key-without-y', 'key', (_, { bob }) => {
    const { y: _y, ...rest } = bob!.jwk as Extract<PublicJwk, { kty: 'EC' }>
    return rest
  }),
  keyed('key-x-number', 'key', own => ({ ...own, x: 5 })),
  keyed('key-x-short', 'key', own => named({ ...own, kid: undefined, x: own.x.slice(0, 42) })),
  keyed('key-x-padding', 'key', own => named({ ...own, x: `${own.x}=` })),
  keyed('key-x-bits', 'key', own => named({ ...own, x: `${own.x.slice(0, -1)}${own.x.endsWith('B') ? 'C' : 'B'}` })),
  keyed('root-dupkey2', 'kid_not_thumbprint', own => ({
    ...own,
    kid: `${own.kid.slice(0, -1)}${own.kid.endsWith('A') ? 'E' : 'A'}`,
  })),
  keyed('key-kid-other', 'kid_not_thumbprint', (own, { eve }) => ({ ...own, kid: eve!.jwk.kid })),
  keyed('key-kid-missing', 'schema', ({ kid: _, ...own }) => own),
  keyed('key-null', 'schema', () => null as unknown as RootPayload),
  keyed('root-dupkey', 'duplicate_key', (_, { alice }) => alice!.jwk),
  keyed('key-of-log', 'duplicate_key', (_, { log }) => log!.jwk),
]
