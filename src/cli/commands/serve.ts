import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseTokens, type StoredToken } from '../../adapters/serve/access.ts'
import { type Listening, type ListenOptions, listen } from '../../adapters/serve/listen.ts'
import { jsonLines } from '../../adapters/serve/log-writer.ts'
import { allowList } from '../../adapters/serve/networks.ts'
import { EnsignError } from '../../base/errors.ts'
import { folderStore } from '../../publisher/stores/folder.ts'
import type { Call, Command } from '../command.ts'

export const serve: Command = {
  name: 'serve',
  topic: 'serve',
  summary: 'serve a store over HTTP, with a stream of its heads',
  about:
    'Serves the files of a store and needs no key: clients verify what they get. Stops on an interrupt once open streams have ended; a hangup (SIGHUP) reads the TLS files again.',
  args: [{ name: 'folder', about: 'the store; ./store where absent', optional: true }],
  options: [
    { flags: '-p, --port <number>', about: '0 takes a free one', default: '8080' },
    { flags: '--host <address>', about: 'the address to listen on; 0.0.0.0 for all', default: '127.0.0.1' },
    { flags: '--tokens <file>', about: 'bearer tokens, hashed, as `ensign token` prints them' },
    { flags: '--allow <network>', about: 'addresses that may ask, e.g. 10.0.0.0/8', many: true },
    { flags: '--cors <origin>', about: 'browser origins that may read; * for all', many: true },
    { flags: '--tls-cert <file>', about: 'PEM certificate chain' },
    { flags: '--tls-key <file>', about: 'PEM private key' },
    { flags: '--trusted-proxies <number>', about: 'proxies in front that add to X-Forwarded-For', default: '0' },
    { flags: '--max-streams <number>', about: 'event streams at once', default: '20000' },
    { flags: '--grace <seconds>', about: 'time for open streams to end on an interrupt', default: '10' },
    { flags: '--log <what>', about: 'lines of JSON on standard output', choices: ['all', 'errors'], default: 'all' },
  ],
  examples: [{ command: 'ensign serve ./store --port 8080', shows: 'on this machine' }],
  json: { url: 'where it listens', host: 'the address', port: 'the port' },
  async run(call) {
    const server = await listen(await optionsOf(call))
    await untilInterrupted(call, server)
    return undefined
  },
}

async function optionsOf(call: Call): Promise<ListenOptions> {
  const cert = call.text('tls-cert')
  const key = call.text('tls-key')
  if ((cert === undefined) !== (key === undefined)) throw usage('--tls-cert and --tls-key go together')
  const allow = call.list('allow')
  const cors = call.list('cors')
  const tokens = call.text('tokens')
  const file = (name: string) => resolve(call.io.cwd, name)
  const log = jsonLines({
    write: text => call.io.stdout.write(text),
    waiting: () => process.stdout.writableLength,
  })
  const errors = call.text('log') === 'errors'
  return {
    store: folderStore(file(call.text('folder') ?? 'store')),
    host: call.text('host')!,
    port: whole(call, 'port', 65_535),
    trustedProxies: whole(call, 'trusted-proxies', 16),
    maxStreams: whole(call, 'max-streams', 1_000_000),
    now: call.io.now,
    ...(allow.length > 0 && { allow: allowList(allow) }),
    ...(cors.length > 0 && { cors: cors.includes('*') ? '*' : cors }),
    ...(tokens !== undefined && { tokens: await readTokens(file(tokens)) }),
    ...(cert !== undefined && key !== undefined && { tls: { cert: file(cert), key: file(key) } }),
    log(line) {
      if (!errors || line.status >= 400) log.write(line)
    },
    onError(what, error) {
      const code = error instanceof EnsignError ? error.code : ((error as NodeJS.ErrnoException)?.code ?? 'internal')
      log.write({ time: new Date(call.io.now()).toISOString(), error: what, code })
    },
  }
}

async function untilInterrupted(call: Call, server: Listening): Promise<void> {
  const { url, host, port } = server
  // The first line, before any of the log: whoever starts a server on port 0 reads the port from it.
  call.io.stdout.write(call.json ? `${JSON.stringify({ url, host, port })}\n` : `listening on ${url}\n`)
  const reload = () => server.reload()
  process.on('SIGHUP', reload)
  const { signal } = call.io
  if (!signal.aborted) await new Promise<void>(done => signal.addEventListener('abort', () => done(), { once: true }))
  await server.drain(whole(call, 'grace', 3_600) * 1_000)
  process.off('SIGHUP', reload)
}

async function readTokens(path: string): Promise<StoredToken[]> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new EnsignError('serve_options', 'the token file is not JSON', { at: path })
  }
  return parseTokens(value)
}

function whole(call: Call, name: string, most: number): number {
  const text = call.text(name)!
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN
  if (!(number <= most)) throw usage(`--${name} takes a whole number from 0 to ${most}`)
  return number
}

function usage(what: string): EnsignError {
  return new EnsignError('usage', what)
}
