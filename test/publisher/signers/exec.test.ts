import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { execSigner, splitCommand } from '../../../src/publisher/signers/exec.ts'
import { generateKey, publicJwk } from '../../../src/trust/signer.ts'

const node = (script: string) => [process.execPath, '-e', script]
const signerOf = async (command: string[], timeoutMs?: number) => {
  const jwk = publicJwk(await generateKey('ES256'))
  return execSigner({ command, jwk, person: 'alice', ...(timeoutMs === undefined ? {} : { timeoutMs }) })
}

describe('a signer behind a command', () => {
  it('gets the bytes on standard input and answers raw or in base64', async () => {
    const raw = await signerOf(node('process.stdin.on("data", d => process.stdout.write(Buffer.alloc(64, d[0])))'))
    expect(await raw.sign(utf8('A'))).toEqual(new Uint8Array(64).fill(65))
    const text = await signerOf(node('console.log(Buffer.alloc(64, 7).toString("base64"))'))
    expect(await text.sign(utf8('A'))).toEqual(new Uint8Array(64).fill(7))
  })

  it.each([
    ['fails', 'process.exit(3)', 'signer_command'],
    ['says too much', 'process.stdout.write("x".repeat(9000))', 'signer_command'],
    ['says nothing', '', 'signer'],
  ])('%s', async (_, script, code) => {
    await expect((await signerOf(node(script))).sign(utf8('A'))).rejects.toMatchObject({ code })
  })

  it('is not there, and its command is not repeated', async () => {
    const signer = await signerOf(['/nowhere/sign', '--pin=1234'])
    await expect(signer.sign(utf8('A'))).rejects.toSatisfy((error: Error) => !error.message.includes('1234'))
  })

  it('is split like a command line, without a shell', () => {
    expect(splitCommand(`sign "a b" 'c;d' e`)).toEqual(['sign', 'a b', 'c;d', 'e'])
  })
})
