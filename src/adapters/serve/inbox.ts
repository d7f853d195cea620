import { fromUtf8, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { MAX_ENVELOPE, MAX_SUBMISSION } from '../../base/limits.ts'
import type { Desk } from '../../publisher/publish/desk.ts'
import type { Receipt } from '../../publisher/publish/types.ts'
import type { About, Ask, FullReply } from './ask.ts'
import { createBuckets } from './buckets.ts'
import type { Inbox } from './core.ts'
import type { PostRoute } from './layout.ts'
import { originOf } from './origins.ts'
import { problemReply, refuse } from './replies.ts'
import { readSubmission } from './submission.ts'
import { createTurns } from './turns.ts'

/** Where the statements of one environment go. */
export interface Counter {
  readonly desk: Desk
  /** Throws what can be refused without a look at any signature. */
  glance(kind: PostRoute['kind'], statement: Uint8Array): void
}

export interface InboxOptions {
  readonly counter: (project: string, environment: string) => Counter | undefined
  readonly now: () => number
  /** Statements that one address may send in a minute, and at once; default 30. */
  readonly perMinute?: number
  /** Default 48 MiB. Parts that the store has already need not be sent. */
  readonly maxReleaseBytes?: number
  readonly onError?: (what: string, error: unknown) => void
}

const PER_MINUTE = 30
const MAX_ADDRESSES_COUNT = 10_000
/** A stop rather waits than be sent away. Whoever sends anything else may come again. */
const PATIENCE_MS = { stops: 2_000, events: 0, releases: 0 } as const
/** Bodies in memory at once, by kind: a release is large, and a stop must find room whoever sends slowly. */
const MAX_OPEN = { stops: 512, events: 512, releases: 4 } as const
/** Of them from one address. */
const MAX_OPEN_OF_ONE = { stops: 16, events: 16, releases: 2 } as const

/** Codes that are not about the statement: the caller may send the very same again. */
const STATUS: Readonly<Record<string, number>> = {
  too_large: 413,
  body_timeout: 408,
  body: 400,
  store_conflict: 409,
  store_busy: 503,
  store_went_back: 503,
  rate_limited: 429,
}

/**
 * The door for signed statements. They carry their authority, so nobody needs a password; therefore everything that
 * is cheap to refuse is refused first: rate, coding, size, shape. Signatures come after, in the order of an SDK's checks.
 */
export function createInbox(options: InboxOptions): Inbox {
  const perMinute = options.perMinute ?? PER_MINUTE
  const addresses = createBuckets({ burst: perMinute, perSecond: perMinute / 60, maxNames: MAX_ADDRESSES_COUNT })
  const turns = createTurns({ now: options.now, random: Math.random })
  const open = { stops: 0, events: 0, releases: 0 }
  const openOf = new Map<string, number>()

  const receive = async (route: PostRoute, ask: Ask, origin: string, counter: Counter): Promise<Receipt> => {
    const { kind } = route
    const { desk } = counter
    // What it takes to look at signatures is shared by all, and plain junk gets none of it.
    const judge = (statement: Uint8Array, verdict: () => Promise<Receipt>) => {
      counter.glance(kind, statement)
      return turns.take(origin, PATIENCE_MS[kind], verdict)
    }
    if (kind === 'releases') {
      const submission = readSubmission(await ask.body(options.maxReleaseBytes ?? MAX_SUBMISSION))
      return judge(submission.release, () => desk.release(submission))
    }
    const statement = await ask.body(MAX_ENVELOPE)
    return judge(statement, () => (kind === 'stops' ? desk.stop(statement) : desk.event(statement)))
  }

  return {
    async take(route, ask, about) {
      const counter = options.counter(route.project, route.environment)
      if (counter === undefined) return refuse(404, 'not_publisher', about)
      const coding = ask.header('content-encoding')
      // Nothing is inflated: a small body can then never become a large one.
      if (coding !== undefined && coding !== 'identity') return refuse(415, 'body_encoding', about)
      const address = originOf(ask.address)
      const wait = addresses.take(address, options.now())
      if (wait > 0) return refuse(429, 'rate_limited', about, ['Retry-After', String(wait)])
      const key = `${route.kind} ${address}`
      const own = openOf.get(key) ?? 0
      if (open[route.kind] >= MAX_OPEN[route.kind] || own >= MAX_OPEN_OF_ONE[route.kind]) {
        return refuse(429, 'rate_limited', about, ['Retry-After', '1'])
      }
      open[route.kind]++
      openOf.set(key, own + 1)
      try {
        // A token is somebody, wherever he sends it from.
        const origin = about.token ? `token ${about.token}` : address
        return receiptReply(await receive(route, ask, origin, counter), about)
      } catch (error) {
        if (error instanceof EnsignError && error.code !== 'internal') {
          const { code, message, cure } = error
          const wait = code === 'rate_limited' ? ['Retry-After', '1'] : []
          return problemReply(STATUS[code] ?? 422, { code, message, cure }, about, wait)
        }
        options.onError?.(`taking ${route.kind} of ${route.project}/${route.environment}`, error)
        return refuse(503, 'unavailable', about, ['Retry-After', '1'])
      } finally {
        open[route.kind]--
        const left = openOf.get(key)! - 1
        if (left === 0) openOf.delete(key)
        else openOf.set(key, left)
      }
    },
  }
}

/** `{"outcome","environment","sequence","expires","release","stop","root","log","notices","head":"<head.json as text>"}` */
function receiptReply(receipt: Receipt, about: About): FullReply {
  const body = utf8(`${JSON.stringify({ ...receipt, head: fromUtf8(receipt.head) })}\n`)
  return {
    status: receipt.outcome === 'scheduled' ? 202 : 200,
    headers: ['Content-Type', 'application/json', 'Content-Length', String(body.length), 'Cache-Control', 'no-store'],
    body,
    about,
  }
}
