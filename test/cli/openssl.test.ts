import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, createPublicKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensign as inProcess, must } from '../kill/shop.ts'

const BIN = join(import.meta.dirname, '../../dist/cli/main.js')
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.log('skipped: there is no openssl on this machine, which stands for a key service here')

const PASSPHRASE = 'correct-horse-battery'

/** The built command where the keys are: a command that signs is found from the folder that one is in. */
function ensign(cwd: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const run = spawnSync(process.execPath, [BIN, ...argv], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  return { status: run.status, out: run.stdout + run.stderr }
}

function publicHalf(pem: string) {
  const { crv, kty, x, y } = createPublicKey(pem).export({ format: 'jwk' })
  return { crv, kid: createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url'), kty, x, y }
}

describe.skipIf(!hasOpenssl)('keys that are not open files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ensign-openssl-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, encoding: 'utf8' })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  // Alice's new key is encrypted on her disk; Bob's is in a key service; a root lists them in place of the old ones.
  beforeAll(async () => {
    await must(dir, 'init', '--project', 'shop')
    rmSync(join(dir, 'keys/alice.jwk'))
    const made = ensign(dir, ['keys', 'new', 'alice', '--json'], { ENSIGN_PASSPHRASE: PASSPHRASE })
    const { jwk: alice } = JSON.parse(made.out) as { jwk: object }
    for (const name of ['bob', 'mallory']) {
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.pem`)
    }
    const bob = publicHalf(openssl('pkey', '-in', 'bob.pem', '-pubout'))
    const root = JSON.parse(await must(dir, 'root', 'show', '--edit')) as { people: { id: string; keys: object[] }[] }
    const people = root.people.map(one => ({ ...one, keys: { alice: [alice], bob: [bob] }[one.id] ?? one.keys }))
    writeFileSync(join(dir, 'root.json'), JSON.stringify({ ...root, people }))
    await must(dir, 'root', 'propose', '--from', 'root.json')
    expect(ensign(dir, ['root', 'sign', '--as', 'alice'], { ENSIGN_PASSPHRASE: PASSPHRASE })).toMatchObject({
      status: 0,
    })
    await must(dir, 'root', 'sign', '--as', 'carol')
    await must(dir, 'root', 'sign', '--as', 'bob')
    await must(dir, 'root', 'publish')
    rmSync(join(dir, 'keys/bob.jwk'))
  })

  const propose = ['propose', '-e', 'production', '--reason', 'start', '--as', 'alice', '--id', 'start']
  const approve = (command: string) => ['approve', 'start', '--as', 'bob', '--yes', '--key', `exec:${command}`]

  it('an encrypted key signs with its passphrase alone', () => {
    expect(ensign(dir, propose)).toMatchObject({ status: 1, out: expect.stringContaining('error[passphrase_missing]') })
    const wrong = ensign(dir, propose, { ENSIGN_PASSPHRASE: 'guess' })
    expect(wrong).toMatchObject({ status: 1, out: expect.stringContaining('error[key_file]') })
    const right = ensign(dir, propose, { ENSIGN_PASSPHRASE: PASSPHRASE })
    expect(right).toMatchObject({ status: 0, out: expect.stringContaining('signed by: alice') })
    for (const { out } of [wrong, right]) expect(out).not.toMatch(/guess|correct-horse|"d"/)
  })

  it.each([
    ['of another key', 'openssl dgst -sha256 -sign mallory.pem', 'error[signer]'],
    ['that fails', 'openssl dgst -sha256 -sign nowhere.pem', 'error[signer_command]'],
    ['that is none', '/nowhere/sign --pin=1234', 'error[signer_command]'],
    ['that signs something else', `sh -c "echo other | openssl dgst -sha256 -sign bob.pem"`, 'error[signer]'],
  ])('a command %s signs nothing', (_, command, code) => {
    const { status, out } = ensign(dir, approve(command))
    expect([status, out.includes(code)], out).toEqual([1, true])
    expect(out).not.toContain('1234')
    expect(readdirSync(join(dir, 'changes/start/signatures'))).toHaveLength(1)
  })

  it('openssl signs in DER, and the result is published and verifies', async () => {
    const { status, out } = ensign(dir, approve('openssl dgst -sha256 -sign bob.pem'))
    expect([status, out.includes('approvals: 1 of 1')], out).toEqual([0, true])
    await must(dir, 'publish', 'start')
    expect(
      await must(dir, 'verify', 'store', '--root', 'roots/1.json', '--project', 'shop', '-e', 'production'),
    ).toMatch(/release 1 by alice[\s\S]+bob/)
    const headers = readdirSync(join(dir, 'changes/start/signatures')).map(name => {
      const { protected: header } = JSON.parse(readFileSync(join(dir, 'changes/start/signatures', name), 'utf8'))
      return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string }).alg
    })
    expect(headers.sort()).toEqual(['ES256', 'Ed25519'])
  })

  it('a script around it may answer in base64, and stops with it', async () => {
    writeFileSync(join(dir, 'sign.sh'), '#!/bin/sh\nopenssl dgst -sha256 -sign bob.pem | base64\n', { mode: 0o755 })
    const stop = [
      'stop',
      'new-checkout',
      '-e',
      'production',
      '--reason',
      'now',
      '--as',
      'bob',
      '--key',
      'exec:./sign.sh',
    ]
    expect(ensign(dir, stop)).toMatchObject({ status: 0, out: expect.stringContaining('stop 1 is in force') })
    expect(await inProcess(dir, 'audit', 'verify', '-e', 'production')).toMatchObject({
      status: 0,
      out: expect.stringContaining('0 findings'),
    })
  })
})
