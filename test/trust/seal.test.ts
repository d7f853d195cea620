import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { importKey } from '../../src/trust/keys.ts'
import { cosign, readSealed, sealStatement } from '../../src/trust/seal.ts'
import { lockKey, unlockKey } from '../../src/trust/sealedkey.ts'
import { generateKey, localSigner } from '../../src/trust/signer.ts'
import { type KeyRing, readEnvelope, verifyEnvelope } from '../../src/trust/statement.ts'

const IAT = 1_795_000_000
const payload = { type: 'event', spec: 1, project: 'shop' } as const
const ringOf = (...signers: { jwk: { kid: string }; person: string }[]): KeyRing =>
  new Map(signers.map(one => [one.jwk.kid, { ...importKey(one.jwk), person: one.person, machine: false }]))

describe.each(['Ed25519', 'ES256'] as const)('a statement sealed with %s', alg => {
  it('has the one byte form and verifies', async () => {
    const alice = await localSigner(await generateKey(alg), 'alice')
    const bytes = await sealStatement(payload, [alice], IAT)
    const envelope = readEnvelope(bytes, 'event', 'x')
    expect(fromUtf8(bytes)).toBe(JSON.stringify(JSON.parse(fromUtf8(bytes)!)))
    expect(fromUtf8(envelope.payload)).toBe('{"project":"shop","spec":1,"type":"event"}')
    expect(await verifyEnvelope(envelope, ringOf(alice))).toEqual([{ person: 'alice', kid: alice.jwk.kid, iat: IAT }])
  })

  it('takes a second signature over the same payload, in either order to the same bytes', async () => {
    const alice = await localSigner(await generateKey(alg), 'alice')
    const bob = await localSigner(await generateKey('Ed25519'), 'bob')
    const one = await cosign(readSealed(await sealStatement(payload, [alice], IAT), 'event'), bob, IAT)
    const envelope = readSealed(one, 'event')
    expect((await verifyEnvelope(envelope, ringOf(alice, bob))).map(one => one.person).sort()).toEqual(['alice', 'bob'])
    expect(readSealed(await cosign(envelope, bob, IAT + 1), 'event').signatures).toHaveLength(2)
  })

  it('is refused when the signer returns something else', async () => {
    const alice = await localSigner(await generateKey(alg), 'alice')
    const liar = { ...alice, sign: async (input: Uint8Array) => alice.sign(utf8(`${input.length}`)) }
    await expect(sealStatement(payload, [liar], IAT)).rejects.toMatchObject({ code: 'signer' })
    const short = { ...alice, sign: async () => new Uint8Array(63) }
    await expect(sealStatement(payload, [short], IAT)).rejects.toMatchObject({ code: 'signer' })
  })
})

describe('a private key at rest', () => {
  it('opens with its passphrase only', async () => {
    const key = await generateKey('Ed25519')
    const text = await lockKey(key, 'correct horse')
    expect(text).not.toContain(key.d)
    expect(await unlockKey(text, 'correct horse')).toEqual(key)
    await expect(unlockKey(text, 'battery staple')).rejects.toMatchObject({ code: 'key_file' })
    await expect(unlockKey(`${text.slice(0, -2)}AA`, 'correct horse')).rejects.toMatchObject({ code: 'key_file' })
  })

  it('is a JWE of PBES2 with a salt of its own, and no weaker or dearer one is opened', async () => {
    const key = await generateKey('Ed25519')
    const header = (text: string) => JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString())
    const [one, two] = [await lockKey(key, 'x'), await lockKey(key, 'x')]
    expect(header(one)).toMatchObject({
      alg: 'PBES2-HS512+A256KW',
      enc: 'A256GCM',
      p2c: 600_000,
      p2s: expect.any(String),
    })
    expect(header(one).p2s).not.toBe(header(two).p2s)
    await expect(lockKey(key, '')).rejects.toMatchObject({ code: 'key_file' })
    const change = (member: object) => {
      const changed = Buffer.from(JSON.stringify({ ...header(one), ...member })).toString('base64url')
      return [changed, ...one.split('.').slice(1)].join('.')
    }
    for (const member of [
      { p2c: 2 ** 31 - 1 },
      { alg: 'PBES2-HS256+A128KW' },
      { alg: 'dir' },
      { enc: 'A128CBC-HS256' },
    ]) {
      await expect(unlockKey(change(member), 'x')).rejects.toMatchObject({ code: 'key_file' })
    }
  })
})
