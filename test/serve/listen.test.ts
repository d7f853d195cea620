import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Listening, type ListenOptions, listen } from '../../src/adapters/serve/listen.ts'
import { jsonLines } from '../../src/adapters/serve/log-writer.ts'
import { allowList } from '../../src/adapters/serve/networks.ts'
import { fileWorld, headFile, raw, until } from './support.ts'

const OPENSSL = '/usr/bin/openssl'
const folder = mkdtempSync(join(tmpdir(), 'ensign-serve-'))
const open: Listening[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.drain(0)
})

async function start(options: Partial<ListenOptions> = {}): Promise<Listening> {
  const server = await listen({ store: fileWorld({ 'production/head.json': headFile(1) }).store, port: 0, ...options })
  open.push(server)
  return server
}

describe('listening', () => {
  it('binds the loopback unless told otherwise', async () => {
    const server = await start()
    expect(server.host).toBe('127.0.0.1')
    expect((await fetch(`${server.url}/v1/shop/production/head.json`)).status).toBe(200)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(
      /^ensign_process_resident_memory_bytes [1-9]\d{6,}$/m,
    )
  })

  it('drains: streams end one after the other, nothing new comes in, the rest is answered', async () => {
    const server = await start()
    const streams = Array.from({ length: 5 }, () =>
      raw(server.port, 'GET /v1/shop/production/stream HTTP/1.1\r\nHost: a\r\n\r\n'),
    )
    const idle = connect(server.port, '127.0.0.1')
    const idleEnds = new Promise(resolve => idle.once('close', resolve))
    await until(() => server.handler.core.hubs.size() === 5)
    const drained = server.drain(400)
    for (const answer of await Promise.all(streams)) expect(answer).toContain('id: 1.1')
    await idleEnds
    await drained
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })

  it('cuts off at the end of the grace who does not leave', async () => {
    const server = await start()
    // A whole request first, so that the server surely has the connection; then one that never ends.
    const socket = connect(server.port, '127.0.0.1')
    const ended = new Promise(resolve => socket.once('close', resolve))
    const answered = new Promise(resolve => socket.once('data', resolve))
    socket.on('error', () => {})
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
    await answered
    socket.write('POST /v1/shop/production/stops HTTP/1.1\r\nHost: a\r\nContent-Le')
    await server.drain(50)
    await ended
  })

  it('speaks TLS and reads the certificate again on reload', async context => {
    const cert = join(folder, 'cert.pem')
    const key = join(folder, 'key.pem')
    const make = (name: string) =>
      spawnSync(
        OPENSSL,
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-keyout',
          key,
          '-out',
          cert,
        ].concat(['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']),
      )
    if (make('first').status !== 0) context.skip('openssl is not installed')
    const server = await start({ tls: { cert, key } })
    const subject = () =>
      new Promise<string>((resolve, reject) => {
        const agent = new Agent({ rejectUnauthorized: false, keepAlive: false })
        get(`${server.url}/healthz`, { agent }, response => {
          const { subject: name } = (response.socket as import('node:tls').TLSSocket).getPeerCertificate()
          response.resume().on('end', () => resolve(String(name.CN)))
        }).on('error', reject)
      })
    expect(await subject()).toBe('first')
    make('second')
    server.reload()
    expect(await subject()).toBe('second')
    rmSync(folder, { recursive: true })
  })
})

describe('networks', () => {
  it.each([
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['192.0.2.7'], '192.0.2.7', true],
    [['192.0.2.7'], '192.0.2.8', false],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['0.0.0.0/0'], 'x', false],
    [['0.0.0.0/0'], undefined, false],
    [[], '127.0.0.1', false],
  ])('%j and %s: %s', (networks, address, allowed) => {
    expect(allowList(networks)(address)).toBe(allowed)
  })

  it.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '10.0.0.0/', '10.0.0.0/8/8', '::/129', ''])(
    '%j is none',
    network => {
      expect(() => allowList([network])).toThrow('not a network')
    },
  )
})

describe('the log writer', () => {
  it('writes lines of JSON, many at a time', () => {
    const written: string[] = []
    const log = jsonLines({ write: text => written.push(text), waiting: () => 0 })
    log.write({ a: 1 })
    log.write({ b: 2 })
    expect(written).toEqual([])
    log.flush()
    log.flush()
    expect(written).toEqual(['{"a":1}\n{"b":2}\n'])
  })

  it('leaves out what a reader does not take, and says how much', () => {
    const written: string[] = []
    let waiting = 1e9
    const log = jsonLines({ write: text => written.push(text), waiting: () => waiting })
    for (let n = 0; n < 2_500; n++) log.write({ n })
    log.flush()
    expect(written).toEqual([])
    waiting = 0
    log.write({ n: 'last' })
    log.flush()
    expect(written).toEqual(['{"lost":2500}\n{"n":"last"}\n'])
  })
})
