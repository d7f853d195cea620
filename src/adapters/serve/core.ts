import { createAccess, type Grant, type StoredToken } from './access.ts'
import type { About, Ask, FullReply, Reply } from './ask.ts'
import { type Cors, createCors } from './cors.ts'
import type { Files } from './files.ts'
import type { Encoders, Headers, Item } from './forms.ts'
import { createHeadGauges } from './head-gauges.ts'
import type { Sink } from './hub.ts'
import { createHubs, type Hubs } from './hubs.ts'
import { type FileRoute, headRoute, type PostRoute, type Routed, routeOf, type StreamRoute } from './layout.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { originOf } from './origins.ts'
import { emptyReply, refuse, textReply } from './replies.ts'
import { createRoster } from './roster.ts'
import { sendFile } from './send.ts'
import { createShelf, type Shelf } from './shelf.ts'

/** Takes signed statements; the publisher mode gives one. */
export interface Inbox {
  take(route: PostRoute, ask: Ask, about: About): Promise<FullReply>
}

/** The read-only page for people; `readPages` gives it. */
export interface Pages {
  answer(ask: Ask): FullReply | Promise<FullReply> | undefined
}

export interface ServeOptions {
  /** Any store, or the reading half of one. */
  readonly store: Files
  /** Bearer tokens as stored. Absent: everybody may read; an empty list: nobody. */
  readonly tokens?: readonly StoredToken[]
  readonly cors?: Cors
  /** Shown by /readyz: false while there is nothing good to serve. */
  readonly ready?: () => boolean
  /** Whether an address may ask at all. Health checks are answered to everybody. */
  readonly allow?: (address: string | undefined) => boolean
  readonly encoders?: Encoders
  readonly inbox?: Inbox
  /** Answers below /ui/. */
  readonly pages?: Pages
  /** Looks at a file that may change this often at most; default 1,000. */
  readonly recheckMs?: number
  /** Default 15,000. */
  readonly heartbeatMs?: number
  /** Default 64 MiB. */
  readonly maxShelfBytes?: number
  /** Default 20,000. */
  readonly maxStreams?: number
  /** From one IPv4 address or IPv6 /64, where the address is known; default 1,000. */
  readonly maxStreamsFromOne?: number
  /** How long the body of a POST may take; default 10,000. */
  readonly bodyMs?: number
  readonly now?: () => number
  readonly onError?: (what: string, error: unknown) => void
}

export interface Core {
  answer(ask: Ask): Reply | Promise<Reply>
  readonly hubs: Hubs
  readonly metrics: Metrics
  readonly draining: () => boolean
  /** From now on these; streams that were opened with one that is gone end. */
  replaceTokens(tokens: readonly StoredToken[]): void
  /** From now on /readyz says no, and new streams are refused; other requests are answered. */
  drain(spreadMs: number): void
}

/** URLs whose route is remembered. Only a name's form is kept, so made-up ones fill it with nothing of value. */
const MAX_ROUTES = 4_096

export const BODY_MS = 10_000

/** Newer collectors go by the version. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const STREAM_HEADERS: Headers = [
  'Content-Type',
  'text/event-stream; charset=utf-8',
  'Cache-Control',
  'no-store, no-transform',
  'X-Content-Type-Options',
  'nosniff',
  // nginx and those who follow it hold a stream back without this.
  'X-Accel-Buffering',
  'no',
]

export function createCore(options: ServeOptions): Core {
  const { store } = options
  const now = options.now ?? Date.now
  const access = createAccess(options.tokens)
  const cors = createCors(options.cors)
  const metrics = createMetrics()
  const maxStreams = options.maxStreams ?? 20_000
  const shelf: Shelf = createShelf({
    store,
    now,
    encoders: options.encoders ?? {},
    guarded: access.guarded,
    recheckMs: options.recheckMs ?? 1_000,
    maxBytes: options.maxShelfBytes ?? 64 * 1024 * 1024,
    onError(route, error) {
      metrics.add('ensign_store_errors_total', `route="${route.kind}"`)
      options.onError?.(`reading ${route.kind} of ${route.project}`, error)
    },
  })
  const heads = createHeadGauges(metrics)
  const hubs = createHubs({
    store,
    shelf,
    pollMs: options.recheckMs ?? 1_000,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    onDrop: () => metrics.add('ensign_streams_dropped_total', ''),
    ...(options.onError && { onError: options.onError }),
    onEvent(project, environment, listeners) {
      metrics.add('ensign_stream_events_total', '', listeners)
      const item = shelf.take(headRoute(project, environment))
      if (!(item instanceof Promise)) heads.note(project, environment, item)
    },
  })
  const roster = createRoster(options.maxStreamsFromOne ?? 1_000)
  metrics.gauge('ensign_streams', () => [['', hubs.size()]])
  metrics.gauge('ensign_shelf_bytes', () => [['', shelf.bytes()]])

  const routes = new Map<string, Routed>()
  let draining = false

  const routed = (path: string): Routed | undefined => {
    const known = routes.get(path)
    if (known !== undefined) return known
    const found = routeOf(path)
    if (found === undefined) return undefined
    if (routes.size >= MAX_ROUTES) routes.clear()
    routes.set(path, found)
    return found
  }

  const answerFile = (ask: Ask, route: FileRoute, about: About): Reply | Promise<Reply> => {
    const taken = shelf.take(route)
    const finish = (item: Item | undefined): FullReply => {
      if (item === undefined) return refuse(404, 'not_found', about, cors.headers(ask.header('origin')))
      if (route.kind === 'head') heads.note(route.project, route.environment!, item)
      return sendFile(ask, item, about, cors.headers(ask.header('origin')))
    }
    if (!(taken instanceof Promise)) return finish(taken)
    return taken.then(finish, () =>
      refuse(503, 'unavailable', about, ['Retry-After', '1', ...cors.headers(ask.header('origin'))]),
    )
  }

  const answerStream = async (ask: Ask, route: StreamRoute, about: About): Promise<Reply> => {
    const extra = cors.headers(ask.header('origin'))
    const away = () => refuse(503, 'unavailable', about, ['Retry-After', '1', ...extra])
    if (draining) return away()
    const full = (status: number, code: 'too_many_streams' | 'too_many_from_one') => {
      metrics.add('ensign_streams_refused_total', `code="${code}"`)
      return refuse(status, code, about, ['Retry-After', '30', ...extra])
    }
    if (hubs.size() >= maxStreams) return full(503, 'too_many_streams')
    const origin = originOf(ask.address)
    if (!roster.hasRoom(origin)) return full(429, 'too_many_from_one')
    let open: Awaited<ReturnType<Hubs['open']>>
    try {
      open = await hubs.open(route.project, route.environment, ask.header('last-event-id'))
    } catch {
      return away()
    }
    // Where there is no stream clients do not ask again soon: a server that drains must not say so.
    if (draining) return away()
    if (open === undefined) return refuse(404, 'not_found', about, extra)
    const headers = [...STREAM_HEADERS, ...extra]
    if (ask.method === 'HEAD') return { status: 200, headers, body: undefined, about }
    metrics.add('ensign_streams_opened_total', '')
    const authorization = ask.header('authorization')
    const may = () => access.file(authorization, route.project, route.environment).ok
    const join = (sink: Sink) => {
      // Many may have asked before the first of them joined, or the server began to drain meanwhile.
      if (!draining && hubs.size() < maxStreams) return roster.join({ origin, may }, sink, open)
      sink.end()
      return () => {}
    }
    return { status: 200, headers, join, about }
  }

  const answerPost = async (inbox: Inbox, ask: Ask, route: PostRoute, about: About): Promise<FullReply> => {
    const reply = await inbox.take(route, ask, about)
    metrics.add('ensign_statements_total', `kind="${route.kind}",code="${reply.about.code ?? 'ok'}"`)
    if (reply.status === 200) void hubs.poke(route.project, route.environment)
    return reply
  }

  const answerOwn = (ask: Ask): FullReply | Promise<FullReply> | undefined => {
    if (ask.path === '/healthz') return textReply(200, 'ok\n', { kind: 'health' })
    if (ask.path === '/readyz') {
      const ready = !draining && (options.ready?.() ?? true)
      return textReply(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n', { kind: 'health' })
    }
    if (ask.path !== '/metrics' && !isPage(ask.path)) return undefined
    const about = { kind: ask.path === '/metrics' ? 'metrics' : 'ui' }
    if (options.allow?.(ask.address) === false) return refuse(403, 'address_refused', about)
    if (about.kind === 'ui') return options.pages?.answer(ask)
    const grant = access.metrics(ask.header('authorization'))
    if (!grant.ok) return denied(grant, about, [])
    return textReply(200, metrics.text(), about, [], METRICS_TYPE)
  }

  const denied = (grant: Extract<Grant, { ok: false }>, about: About, extra: Headers): FullReply =>
    grant.code === 'token_missing'
      ? refuse(401, grant.code, about, ['WWW-Authenticate', 'Bearer', ...extra])
      : refuse(403, grant.code, about, extra)

  return {
    hubs,
    metrics,
    draining: () => draining,
    replaceTokens(tokens) {
      access.replace(tokens)
      roster.review()
    },
    drain(spreadMs) {
      draining = true
      hubs.close(spreadMs)
    },
    answer(ask) {
      const found = ask.path.startsWith('/v1/') ? routed(ask.path) : undefined
      const route = found?.file ?? found?.stream ?? found?.post
      if (route === undefined) {
        const own = answerOwn(ask)
        if (own !== undefined)
          return ask.method === 'GET' || ask.method === 'HEAD' ? own : notAllowed('GET, HEAD', { kind: 'none' })
        return refuse(404, 'not_found', { kind: 'none' })
      }
      const { kind, project, environment } = route
      const about: About = environment === undefined ? { kind, project } : { kind, project, environment }
      if (options.allow?.(ask.address) === false) return refuse(403, 'address_refused', about)
      const posts = found?.post
      if (ask.method === 'OPTIONS') return emptyReply(204, about, cors.preflight(ask.header('origin')))
      const reads = ask.method === 'GET' || ask.method === 'HEAD'
      if (posts === undefined ? !reads : ask.method !== 'POST') return notAllowed(posts ? 'POST' : 'GET, HEAD', about)
      const grant = access.file(ask.header('authorization'), project, environment)
      if (!grant.ok) return denied(grant, about, cors.headers(ask.header('origin')))
      const who: About = grant.token === null ? about : { ...about, token: grant.token }
      if (posts !== undefined) {
        if (options.inbox === undefined) return refuse(404, 'not_publisher', who)
        return answerPost(options.inbox, ask, posts, who)
      }
      if (found?.stream !== undefined) return answerStream(ask, found.stream, who)
      return answerFile(ask, found!.file!, who)
    },
  }
}

function notAllowed(allow: string, about: About): FullReply {
  return refuse(405, 'method_not_allowed', about, ['Allow', allow])
}

const isPage = (path: string) => path === '/ui' || path.startsWith('/ui/')
