import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createBuckets } from '../../src/adapters/serve/buckets.ts'
import { createInbox, type InboxOptions } from '../../src/adapters/serve/inbox.ts'
import { readSubmission, writeSubmission } from '../../src/adapters/serve/submission.ts'
import { remoteDesk } from '../../src/adapters/serve/submit.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { EnsignError } from '../../src/base/errors.ts'
import { MAX_ENVELOPE } from '../../src/base/limits.ts'
import type { Desk } from '../../src/publisher/publish/desk.ts'
import type { Receipt, ReleaseSubmission } from '../../src/publisher/publish/types.ts'
import { fileWorld, headFile, listen, type Running, raw, until } from './support.ts'

const servers: Running[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const RECEIPT: Receipt = {
  outcome: 'published',
  environment: 'production',
  release: { version: 1, digest: 'a', envelope: 'b' },
  stop: null,
  root: { version: 1, digest: 'c' },
  sequence: 2,
  expires: '2026-11-22T00:00:00Z',
  log: { size: 1, root: 'd' },
  head: headFile(2),
  notices: [],
}

/** A desk at the end of the line that says what reached it; the desk of a publisher stands in its own tests. */
async function office(options: Partial<InboxOptions> = {}, desk: Partial<Desk> = {}) {
  const reached: (Uint8Array | ReleaseSubmission)[] = []
  const accept = async (what: Uint8Array | ReleaseSubmission) => {
    reached.push(what)
    return RECEIPT
  }
  const open: Desk = { stop: accept, release: accept, event: accept, ...desk }
  const world = fileWorld({ 'production/head.json': headFile(1) })
  let now = 0
  const inbox = createInbox({
    counter: (project, environment) =>
      project === 'shop' && environment === 'production' ? { desk: open, glance: () => {} } : undefined,
    now: () => now,
    ...options,
  })
  const server = await listen({ store: world.store, inbox, bodyMs: 200 })
  servers.push(server)
  return { server, reached, world, later: (ms: number) => (now += ms) }
}

const SUBMISSION: ReleaseSubmission = {
  release: utf8('{"payload":"é"}'),
  manifest: utf8('{"events":[]}'),
  index: utf8('{"parts":[]}'),
  parts: new Map(),
  at: '2026-12-01T09:00:00Z',
}
const CLOSE = 'Host: a\r\nConnection: close\r\n'
const STOPS = '/v1/shop/production/stops'

describe('the letter boxes', () => {
  it('hand on what was sent, byte for byte, and answer with the new head', async () => {
    const { server, reached } = await office()
    const desk = remoteDesk({ url: server.url, project: 'shop', environment: 'production' })
    const statement = utf8('{"payload":"abc"}')
    expect(await desk.stop(statement)).toEqual(RECEIPT)
    expect(await desk.event(statement)).toEqual(RECEIPT)
    expect(await desk.release(SUBMISSION)).toEqual(RECEIPT)
    expect(reached).toEqual([statement, statement, SUBMISSION])
    expect(server.handler.core.metrics.text()).toContain('ensign_statements_total{kind="stops",code="ok"} 1')
  })

  it('give the code, the words and the cure of a refusal', async () => {
    const refused = async () => {
      throw new EnsignError('stop_signer', 'nobody of the stop role signed', { cure: 'Ask somebody who may.' })
    }
    const { server } = await office({}, { stop: refused })
    const desk = remoteDesk({ url: server.url, project: 'shop', environment: 'production' })
    await expect(desk.stop(utf8('{}'))).rejects.toMatchObject({
      code: 'stop_signer',
      message: 'nobody of the stop role signed',
      cure: 'Ask somebody who may.',
    })
    const answer = await fetch(server.url + STOPS, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(422)
  })

  it('say nothing of what broke inside', async () => {
    const told: string[] = []
    const broken = async () => {
      throw new Error('ENOSPC /var/lib/secret')
    }
    const { server } = await office({ onError: what => told.push(what) }, { stop: broken })
    const answer = await fetch(server.url + STOPS, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('secret')
    expect(told).toEqual(['taking stops of shop/production'])
  })

  it('refuse other environments, compressed bodies and large ones before anybody reads them', async () => {
    const { server, reached } = await office({ maxReleaseBytes: 1_000 })
    const post = (path: string, body: Uint8Array, headers: Record<string, string> = {}) =>
      fetch(server.url + path, { method: 'POST', body: new Uint8Array(body), headers })
    expect((await post('/v1/shop/staging/stops', utf8('{}'))).status).toBe(404)
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    const inflating = await post(STOPS, bomb, { 'content-encoding': 'gzip' })
    expect([inflating.status, await inflating.json()]).toMatchObject([415, { error: { code: 'body_encoding' } }])
    for (const [path, size] of [
      [STOPS, MAX_ENVELOPE + 1],
      ['/v1/shop/production/releases', 1_001],
    ] as const) {
      const head = `POST ${path} HTTP/1.1\r\n${CLOSE}Content-Length: ${size}\r\n\r\n`
      expect(await raw(server.port, head)).toMatch(/^HTTP\/1\.1 413 .*"too_large"/s)
      const chunked = `POST ${path} HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\n\r\n`
      const body = `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`
      expect(await raw(server.port, chunked + body)).toMatch(/^HTTP\/1\.1 413 /)
    }
    expect(reached).toEqual([])
  })

  it('take a body in as many pieces as it has bytes', async () => {
    const { server, reached } = await office()
    const request = `POST /v1/shop/production/releases HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\n\r\n`
    const answer = await raw(server.port, `${request}${'1\r\n \r\n'.repeat(200_000)}0\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect((await fetch(server.url + STOPS, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(reached).toEqual([utf8('{}')])
  })

  it('do not wait for a body that comes in drops', async () => {
    const { server, reached } = await office()
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    let gone = false
    socket.on('data', chunk => {
      answer += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      gone = true
    })
    socket.write(`POST ${STOPS} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n`)
    const drops = setInterval(() => socket.write('x'), 20)
    await until(() => gone)
    clearInterval(drops)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('body_timeout')
    expect(reached).toEqual([])
  })

  it('take so many from one address and then ask it to wait', async () => {
    const { server, reached, later } = await office()
    const post = () => fetch(server.url + STOPS, { method: 'POST', body: '{}' })
    const statuses: number[] = []
    for (let n = 0; n < 35; n++) statuses.push((await post()).status)
    expect(statuses.filter(status => status === 200)).toHaveLength(30)
    const refused = await post()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(reached).toHaveLength(30)
    later(2_000)
    expect((await post()).status).toBe(200)
  })

  it('hold few large bodies at a time', async () => {
    const { server } = await office()
    const head = `POST /v1/shop/production/releases HTTP/1.1\r\n${CLOSE}Content-Length: 1000\r\n\r\n`
    const answers = await Promise.all(Array.from({ length: 5 }, () => raw(server.port, head)))
    const statuses = answers.map(answer => answer.slice(9, 12)).sort()
    expect(statuses).toEqual(['408', '408', '429', '429', '429'])
  })
})

describe('what answers in the place of a server', () => {
  it('fills nobody’s memory: an answer without an end is left', async () => {
    let sent = 0
    const endless = createServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(256 * 1024, 'x'))) sent++
      }
      response.on('drain', more)
      more()
    })
    await new Promise<void>(resolve => endless.listen(0, '127.0.0.1', resolve))
    const { port } = endless.address() as AddressInfo
    const desk = remoteDesk({ url: `http://127.0.0.1:${port}`, project: 'shop', environment: 'production' })
    await expect(desk.stop(utf8('{}'))).rejects.toMatchObject({ code: 'unavailable' })
    expect(sent).toBeLessThan(400)
    endless.closeAllConnections()
    endless.close()
  })
})

describe('the body of a release', () => {
  it.each([
    ['', 'a first line'],
    ['{}\n', 'a first line'],
    ['{}\n{}\n', 'no release'],
    ['{"release":"a","manifest":1}\n{}\n', 'no release'],
    ['{"release":"a","manifest":"b","at":"tomorrow"}\n{}\n', 'no time'],
    ['{"release":"a","manifest":"b"}\n{}', 'does not end'],
    [`{"release":"a","manifest":"b"}\n${'x'.repeat(1024 * 1024 + 1)}\n`, 'index is too large'],
    ['nonsense\n{}\n', 'not JSON'],
    ['\n'.repeat(20_000), 'too many lines'],
  ])('%#', (text, what) => {
    expect(() => readSubmission(utf8(text))).toThrow(what)
  })

  it('gives a part the name of its bytes, whatever the sender calls it', () => {
    const part = utf8('{"flags":{}}')
    const sent = { ...SUBMISSION, parts: new Map([['0'.repeat(64), part]]) }
    const [name] = [...readSubmission(writeSubmission(sent)).parts.keys()]
    expect(name).not.toBe('0'.repeat(64))
    expect(name).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('buckets', () => {
  it('fill again with time and stay within their number of names', () => {
    const buckets = createBuckets({ burst: 2, perSecond: 1, maxNames: 3 })
    expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('a', 0)]).toEqual([0, 0, 1])
    expect(buckets.take('a', 1_000)).toBe(0)
    for (let n = 0; n < 1_000; n++) expect(buckets.take(`flood-${n}`, 1_000)).toBe(0)
    // A clock that goes back gives nothing away and takes nothing.
    expect(buckets.take('b', 0)).toBe(0)
  })
})
