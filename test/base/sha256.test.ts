import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, hex, utf8 } from '../../src/base/bytes.ts'
import { hmacSha256, sha256 } from '../../src/base/sha256.ts'

const repeated = (byte: number, count: number) => new Uint8Array(count).fill(byte)

/** FIPS 180-4 and its examples, and NIST's SHA256ShortMsg and SHA256LongMsg. */
const DIGESTS: readonly (readonly [name: string, message: Uint8Array, digest: string])[] = [
  ['nothing', utf8(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', utf8('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['one byte', fromHex('d3')!, '28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1'],
  ['two bytes', fromHex('11af')!, '5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98'],
  [
    'two blocks by the padding',
    utf8('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'two blocks by the text',
    utf8(
      'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    ),
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a million of a', repeated(0x61, 1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
]

/** RFC 4231, sections 4.2 to 4.8 (4.6 cuts the answer to 16 bytes). */
const MACS: readonly (readonly [name: string, key: Uint8Array, message: Uint8Array, mac: string])[] = [
  ['4.2', repeated(0x0b, 20), utf8('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    '4.3',
    utf8('Jefe'),
    utf8('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['4.4', repeated(0xaa, 20), repeated(0xdd, 50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    '4.5',
    fromHex('0102030405060708090a0b0c0d0e0f10111213141516171819')!,
    repeated(0xcd, 50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  ['4.6', repeated(0x0c, 20), utf8('Test With Truncation'), 'a3b6167473100ee06e0c796c2955552b'],
  [
    '4.7',
    repeated(0xaa, 131),
    utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    '4.8',
    repeated(0xaa, 131),
    utf8(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
]

describe('SHA-256', () => {
  it.each(DIGESTS)('of %s', (_, message, digest) => {
    expect(hex(sha256(message))).toBe(digest)
  })

  it('is that of the platform at every length of three blocks, and leaves the message as it was', () => {
    for (let length = 0; length <= 192; length++) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 0xff)
      const before = message.slice()
      expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
      expect(message).toEqual(before)
    }
  })

  it('is that of the platform for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), message => {
        expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
      }),
    )
  })

  it('gives bytes of their own each time', () => {
    const first = sha256(utf8('first'))
    const kept = first.slice()
    sha256(utf8('second'))
    expect(first).toEqual(kept)
  })
})

describe('HMAC-SHA-256', () => {
  it.each(MACS)('of RFC 4231, %s', (_, key, message, mac) => {
    expect(hex(hmacSha256(key)(message)).slice(0, mac.length)).toBe(mac)
  })

  it('is that of the platform for any keys and messages, however they take turns', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    fc.assert(
      fc.property(bytes, bytes, fc.array(bytes, { minLength: 1, maxLength: 4 }), (key, other, messages) => {
        const mac = hmacSha256(key)
        const otherMac = hmacSha256(other)
        for (const message of messages) {
          expect(hex(mac(message))).toBe(createHmac('sha256', key).update(message).digest('hex'))
          expect(hex(otherMac(message))).toBe(createHmac('sha256', other).update(message).digest('hex'))
        }
      }),
    )
  })

  it('has worked its key out: what becomes of the bytes later does not matter', () => {
    const key = utf8('a key')
    const mac = hmacSha256(key)
    const before = mac(utf8('text'))
    key.fill(0)
    expect(mac(utf8('text'))).toEqual(before)
  })
})
