import type { webcrypto } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { base64, concat, fromBase64, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { makeCheckpoint, noteKeyId, verifierKey, verifyCheckpoint } from '../../src/log/checkpoint.ts'

const origin = 'flags.example.com/shop/production/1'
const root = new Uint8Array(32).fill(7)

async function makeKey() {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const sign = async (input: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, new Uint8Array(input)))
  return { publicKey, sign }
}

let log: Awaited<ReturnType<typeof makeKey>>
let witness: Awaited<ReturnType<typeof makeKey>>
let note: string
const verify = (text: string) => verifyCheckpoint(utf8(text), { name: origin, publicKey: log.publicKey })

beforeAll(async () => {
  log = await makeKey()
  witness = await makeKey()
  note = await makeCheckpoint({ origin, size: 42, root }, log.publicKey, log.sign)
})

describe('the note', () => {
  it('has the form of the specification, to the byte', () => {
    const [text, signatures] = note.split('\n\n') as [string, string]
    expect(text).toBe(`${origin}\n42\n${base64(root)}`)
    expect(signatures).toMatch(/^\u2014 flags\.example\.com\/shop\/production\/1 [A-Za-z0-9+/]{91}=\n$/)
  })

  it('round-trips', async () => {
    expect(await verify(note)).toEqual({ origin, size: 42, root })
  })

  // The key that the documentation of Go's signed notes uses as its example.
  it('names keys as other implementations do', async () => {
    const publicKey = fromBase64('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')!.slice(1)
    expect(await verifierKey({ name: 'PeterNeumann', publicKey })).toBe(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    )
  })

  it('keeps lines of witnesses, which do not count', async () => {
    const id = await noteKeyId({ name: 'w.example', publicKey: witness.publicKey })
    const signature = await witness.sign(utf8(note.slice(0, note.indexOf('\n\n') + 1)))
    const line = `\u2014 w.example ${base64(concat(id, new Uint8Array(8), signature))}\n`
    expect(await verify(note + line)).toMatchObject({ size: 42 })
    expect(await verify(note.replace('\u2014', `${line}\u2014`))).toMatchObject({ size: 42 })
    const alone = `${note.slice(0, note.indexOf('\n\n') + 2)}${line}`
    await expect(verify(alone)).rejects.toMatchObject({ code: 'checkpoint_signature' })
  })

  it('a signer that signs something else is found out', async () => {
    const made = makeCheckpoint({ origin, size: 1, root }, log.publicKey, witness.sign)
    await expect(made).rejects.toMatchObject({ code: 'checkpoint_signature' })
  })

  it.each(['', 'two words', 'a+b', 'line\nbreak', 'tab\t', '\u00e9'])('%j is no origin', async name => {
    await expect(makeCheckpoint({ origin: name, size: 1, root }, log.publicKey, log.sign)).rejects.toThrow(RangeError)
  })
})

describe('is refused', () => {
  const line = (text: string) => text.slice(text.indexOf('\u2014'))
  const forms: Record<string, (text: string) => string> = {
    'without a signature': text => text.slice(0, text.indexOf('\n\n') + 1),
    'with an empty signature block': text => text.slice(0, text.indexOf('\n\n') + 2),
    'without its last newline': text => text.slice(0, -1),
    'with trailing data': text => `${text}x`,
    'with a trailing empty line': text => `${text}\n`,
    'with CRLF': text => text.replaceAll('\n', '\r\n'),
    'with a byte order mark': text => `\ufeff${text}`,
    'with a leading zero': text => text.replace('\n42\n', '\n042\n'),
    'with a sign': text => text.replace('\n42\n', '\n+42\n'),
    'with a size that is no safe integer': text => text.replace('\n42\n', '\n9007199254740993\n'),
    'with an empty size': text => text.replace('\n42\n', '\n\n'),
    'with an extension line': text => text.replace('\n\n', '\nextension\n\n'),
    'with a short root': text => text.replace(base64(root), base64(root.slice(1))),
    'with altered unused bits in the root': text => text.replace('Bwc=', 'Bwd='),
    'with url-safe base64': text => text.replace(base64(root), base64(root).replace('Bwc=', 'B-c=')),
    'with a hyphen for the dash': text => text.replace('\u2014', '-'),
    'with two spaces': text => text.replace('\u2014 ', '\u2014  '),
    'of another origin': text => text.replaceAll(origin, `${origin}1`),
    'over its cap': text => text + line(text).repeat(200),
    'with too many signatures': text => text + '\u2014 w AAAAAAAA\n'.repeat(64),
  }
  it.each(Object.entries(forms))('%s', async (_, alter) => {
    expect(alter(note)).not.toBe(note)
    await expect(verify(alter(note))).rejects.toMatchObject({ code: 'checkpoint_form' })
  })

  const signatures: Record<string, (text: string) => string> = {
    'of another size': text => text.replace('\n42\n', '\n43\n'),
    'of another root': text => text.replace(base64(root), base64(new Uint8Array(32))),
    'with a good and a bad line of the key': text => {
      const bytes = fromBase64(line(text).trim().split(' ')[2]!)!
      return `${text}\u2014 ${origin} ${base64(bytes.with(67, bytes[67]! ^ 1))}\n`
    },
    'with the key under another name': text => text.replace(`\u2014 ${origin}`, '\u2014 other'),
    'with a cut signature': text => {
      const bytes = fromBase64(line(text).trim().split(' ')[2]!)!
      return text.replace(line(text), `\u2014 ${origin} ${base64(bytes.slice(0, 67))}\n`)
    },
  }
  it.each(Object.entries(signatures))('%s', async (_, alter) => {
    await expect(verify(alter(note))).rejects.toMatchObject({ code: 'checkpoint_signature' })
  })

  it('under another key', async () => {
    const other = verifyCheckpoint(utf8(note), { name: origin, publicKey: witness.publicKey })
    await expect(other).rejects.toMatchObject({ code: 'checkpoint_signature' })
  })

  it('as bytes that are not UTF-8', async () => {
    const bytes = utf8(note).with(0, 0xff)
    expect(fromUtf8(bytes)).toBeUndefined()
    const verified = verifyCheckpoint(bytes, { name: origin, publicKey: log.publicKey })
    await expect(verified).rejects.toMatchObject({ code: 'checkpoint_form' })
  })
})
