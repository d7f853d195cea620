import { createPrivateKey, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromHex, hex } from '../../src/base/bytes.ts'
import { kmsSigner, rawFromDer } from '../../src/trust/kms.ts'
import { readSealed, sealStatement } from '../../src/trust/seal.ts'
import { generateKey, type PrivateJwk, publicJwk, type Signer } from '../../src/trust/signer.ts'
import type { PublicJwk } from '../../src/trust/types.ts'

const r = 'aa'.repeat(32)
const s = '11'.repeat(32)

describe('an ECDSA signature in DER', () => {
  it.each([
    ['both of 32 bytes, r above the sign bit', `3045022100${r}0220${s}`, r + s],
    ['short integers', '3006020101020102', `${'00'.repeat(31)}01${'00'.repeat(31)}02`],
  ])('is read: %s', (_, der, raw) => {
    expect(hex(rawFromDer(fromHex(der)!))).toBe(raw)
  })

  it.each([
    ['nothing', ''],
    ['another tag', '3106020101020102'],
    ['a length that lies', '3007020101020102'],
    ['a long form of the length', '308106020101020102'],
    ['bytes after the end', '300602010102010200'],
    ['bytes after s within', '300702010102010200'],
    ['only one integer', '3003020101'],
    ['an integer of no bytes', '300502000201ff'],
    ['a negative integer', '3006020181020102'],
    ['a needless zero', '30070202000102010201'.slice(0, 18)],
    ['zero', '3006020100020102'],
    ['an integer over 32 bytes', `3047022200${'01'}${r}0220${s}`],
    ['an integer that is cut', '30060201010204'],
    ['a bit string', '3006030101020102'],
  ])('is refused: %s', (_, der) => {
    expect(() => rawFromDer(fromHex(der)!)).toThrowError(expect.objectContaining({ code: 'signer' }))
  })
})

describe('a key service', () => {
  it('signs statements through a digest and DER', async () => {
    const key = (await generateKey('ES256')) as Extract<PrivateJwk, { kty: 'EC' }>
    const node = createPrivateKey({ key: { kty: key.kty, crv: key.crv, x: key.x, y: key.y, d: key.d }, format: 'jwk' })
    const seen: number[] = []
    let input = new Uint8Array()
    const signer = kmsSigner({
      jwk: publicJwk(key) as Extract<PublicJwk, { kty: 'EC' }>,
      person: 'bob',
      async signDigest(digest) {
        seen.push(digest.length)
        // Node cannot sign a digest as it stands, so the test remembers what it belongs to.
        return new Uint8Array(sign('sha256', input, node))
      },
    })
    const noting: Signer = {
      ...signer,
      sign(given) {
        input = new Uint8Array(given)
        return signer.sign(given)
      },
    }
    const bytes = await sealStatement({ type: 'event' }, [noting], 1_795_000_000)
    expect(readSealed(bytes, 'event').signatures).toHaveLength(1)
    expect(seen).toEqual([32])
  })
})
