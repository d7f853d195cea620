import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseTokens, type StoredToken } from '../../adapters/serve/access.ts'
import type { AccessLine } from '../../adapters/serve/access-log.ts'
import { type Listening, type ListenOptions, listen } from '../../adapters/serve/listen.ts'
import { jsonLines } from '../../adapters/serve/log-writer.ts'
import { allowList } from '../../adapters/serve/networks.ts'
import { placesIn, readPages } from '../../adapters/serve/pages.ts'
import { combine } from '../../adapters/serve/relay/combine.ts'
import { EnsignError } from '../../base/errors.ts'
import { folderStore } from '../../publisher/stores/folder.ts'
import type { Store } from '../../publisher/stores/store.ts'
import type { Call, Command } from '../command.ts'
import { whole } from '../numbers.ts'
import { inboxOf, publishingsOf, relaysOf } from '../serving.ts'

export const serve: Command = {
  name: 'serve',
  topic: 'serve',
  summary: 'serve a store over HTTP, with a stream of its heads',
  about:
    'Serves the files of a store and needs no key: clients verify what they get. Stops on an interrupt once open streams have ended; a hangup (SIGHUP) reads the token file and the TLS files again.',
  args: [{ name: 'folder', about: 'the store; ./store where absent', optional: true }],
  options: [
    { flags: '-p, --port <number>', about: '0 takes a free one', default: '8080' },
    { flags: '--host <address>', about: 'the address to listen on; 0.0.0.0 for all', default: '127.0.0.1' },
    { flags: '--upstream <url>', about: 'be a relay: follow this server, verify, keep a copy in the folder' },
    { flags: '--publish-key <key>', about: 'be the publisher: a key file, or exec: and a command', many: true },
    { flags: '--log-key <key>', about: 'the key of the audit log, likewise', many: true },
    {
      flags: '--seen <folder>',
      about: 'where a publisher keeps what it has seen in force, apart from the store; in memory where absent',
    },
    { flags: '--root <file>', about: 'the root statement that a relay or publisher believes' },
    { flags: '--project <name>', about: 'the project, for a relay or publisher' },
    { flags: '-e, --environment <name>', about: 'an environment, for a relay or publisher', many: true },
    { flags: '--tokens <file>', about: 'bearer tokens, hashed, as `ensign token` prints them' },
    { flags: '--allow <network>', about: 'addresses that may ask, e.g. 10.0.0.0/8', many: true },
    { flags: '--cors <origin>', about: 'browser origins that may read; * for all', many: true },
    { flags: '--tls-cert <file>', about: 'PEM certificate chain' },
    { flags: '--tls-key <file>', about: 'PEM private key' },
    { flags: '--trusted-proxies <number>', about: 'proxies in front that add to X-Forwarded-For', default: '0' },
    { flags: '--max-streams <number>', about: 'event streams at once', default: '20000' },
    {
      flags: '--max-streams-from-one <number>',
      about: 'of them from one address, or one /64 of IPv6',
      default: '1000',
    },
    { flags: '--rate <number>', about: 'statements that one address may send in a minute', default: '30' },
    { flags: '--grace <seconds>', about: 'time for open streams to end on an interrupt', default: '10' },
    { flags: '--no-ui', about: 'without the page for people at /ui/' },
    { flags: '--log <what>', about: 'lines of JSON on standard output', choices: ['all', 'errors'], default: 'all' },
  ],
  examples: [
    { command: 'ensign serve ./store --port 8080', shows: 'the files of a store' },
    {
      command:
        'ensign serve ./store --publish-key publish.key --log-key log.key --root root.json --project shop -e production',
      shows: 'the publisher, which takes signed statements over POST',
    },
    {
      command: 'ensign serve ./copy --upstream https://flags.example.com --root root.json --project shop -e production',
      shows: 'a relay, with its token in ENSIGN_TOKEN where one is asked for',
    },
  ],
  json: { url: 'where it listens', host: 'the address', port: 'the port' },
  async run(call) {
    const log = logOf(call)
    const folder = folderStore(resolve(call.io.cwd, call.text('folder') ?? 'store'))
    const common = await optionsOf(call, log)
    if (call.has('upstream') && call.has('publish-key')) throw usage('--upstream and --publish-key exclude each other')
    if (call.has('upstream')) await relay(call, folder, common, log)
    else if (call.has('publish-key')) await publish(call, folder, common, log)
    else await untilInterrupted(call, await listen({ ...common, store: folder }), log)
    log.flush()
    return undefined
  },
}

async function relay(call: Call, copy: Store, common: CommonOptions, log: Log): Promise<void> {
  let count: (code: string) => void = () => {}
  const relays = await relaysOf(call, copy, { onError: log.error, onUpdate: code => count(code) })
  const ready = () => relays.every(one => one.ready())
  const server = await listen({ ...common, store: combine(relays.map(one => one.files)), ready })
  count = code => server.handler.core.metrics.add('ensign_upstream_updates_total', `code="${code}"`)
  for (const one of relays) void one.start()
  await untilInterrupted(call, server, log)
  for (const one of relays) one.close()
}

async function publish(call: Call, store: Store, common: CommonOptions, log: Log): Promise<void> {
  let poke: (project: string, environment: string, head: Uint8Array) => void | Promise<void> = () => {}
  const reports = { onError: log.error, onUpdate: () => {} }
  const publishings = await publishingsOf(call, store, (...published) => poke(...published), reports)
  // In order before anybody is told the address: an append that was cut off is completed first.
  for (const one of publishings) await one.start()
  const server = await listen({ ...common, store, inbox: inboxOf(call, publishings, reports) })
  poke = server.handler.core.hubs.poke
  await untilInterrupted(call, server, log)
  for (const one of publishings) await one.close()
}

/** Beside the command in the package. */
const PAGES = fileURLToPath(new URL('../ui/', import.meta.url))

type CommonOptions = Omit<ListenOptions, 'store'>

async function optionsOf(call: Call, log: Log): Promise<CommonOptions> {
  const cert = call.text('tls-cert')
  const key = call.text('tls-key')
  if ((cert === undefined) !== (key === undefined)) throw usage('--tls-cert and --tls-key go together')
  const allow = call.list('allow')
  const cors = call.list('cors')
  const tokens = call.text('tokens')
  const file = (name: string) => resolve(call.io.cwd, name)
  const places = () => placesIn(file(call.text('folder') ?? 'store'))
  return {
    host: call.text('host')!,
    port: whole(call, 'port', 65_535),
    trustedProxies: whole(call, 'trusted-proxies', 16),
    maxStreams: whole(call, 'max-streams', 1_000_000),
    maxStreamsFromOne: whole(call, 'max-streams-from-one', 1_000_000),
    now: call.io.now,
    ...(allow.length > 0 && { allow: allowList(allow) }),
    ...(cors.length > 0 && { cors: cors.includes('*') ? '*' : cors }),
    ...(tokens !== undefined && { tokens: await readTokens(file(tokens)) }),
    ...(!call.has('no-ui') && (await pagesOf(tokens === undefined ? places : undefined))),
    ...(cert !== undefined && key !== undefined && { tls: { cert: file(cert), key: file(key) } }),
    log: log.access,
    onError: log.error,
  }
}

async function pagesOf(places: Parameters<typeof readPages>[1]): Promise<Pick<CommonOptions, 'pages'>> {
  try {
    return { pages: await readPages(PAGES, places) }
  } catch (error) {
    // Run from the sources, where nothing was built.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

interface Log {
  access(line: AccessLine): void
  error(what: string, error: unknown): void
  flush(): void
}

function logOf(call: Call): Log {
  const lines = jsonLines({
    write: text => call.io.stdout.write(text),
    waiting: () => process.stdout.writableLength,
  })
  const errors = call.text('log') === 'errors'
  return {
    access(line) {
      if (!errors || line.status >= 400) lines.write(line)
    },
    error(what, error) {
      const code = error instanceof EnsignError ? error.code : ((error as NodeJS.ErrnoException)?.code ?? 'internal')
      const message = error instanceof EnsignError ? { message: error.message } : {}
      lines.write({ time: new Date(call.io.now()).toISOString(), error: what, code, ...message })
    },
    flush: lines.flush,
  }
}

async function untilInterrupted(call: Call, server: Listening, log: Log): Promise<void> {
  const { url, host, port } = server
  // The first line, before any of the log: whoever starts a server on port 0 reads the port from it.
  call.io.stdout.write(call.json ? `${JSON.stringify({ url, host, port })}\n` : `listening on ${url}\n`)
  let reading = Promise.resolve()
  const reload = () => {
    try {
      server.reload()
    } catch (error) {
      // The certificate that is in use goes on being used.
      log.error('reading the TLS files again', error)
    }
    const tokens = call.text('tokens')
    if (tokens === undefined) return
    // One after the other, so that what was read last counts.
    reading = reading
      .then(async () => server.handler.core.replaceTokens(await readTokens(resolve(call.io.cwd, tokens))))
      // A file that is cut off, wrong, or not there takes nobody's token away.
      .catch(error => log.error('reading the token file again', error))
  }
  process.on('SIGHUP', reload)
  // Whoever read the log is gone. Those who ask for flags are not.
  const unread = () => undefined
  process.stdout.on('error', unread)
  const { signal } = call.io
  if (!signal.aborted) await new Promise<void>(done => signal.addEventListener('abort', () => done(), { once: true }))
  await server.drain(whole(call, 'grace', 3_600) * 1_000)
  process.off('SIGHUP', reload)
  process.stdout.off('error', unread)
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

function usage(what: string): EnsignError {
  return new EnsignError('usage', what)
}
