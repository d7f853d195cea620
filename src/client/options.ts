import { utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import type { Source } from '../bundle/source.ts'
import type { RootPin } from '../trust/types.ts'
import { type Clock, systemClock } from './clock.ts'
import type { FetchLike } from './sources/request.ts'
import type { ClientOptions, Mode } from './types.ts'

/** Options after the check, defaults filled in. */
export interface Settings extends Omit<ClientOptions, 'url' | 'root'> {
  readonly url: URL | undefined
  readonly source: Source | undefined
  readonly root: RootPin
  readonly mode: Mode
  readonly pollInterval: number
  readonly maxStale: number
  readonly requestTimeout: number
  readonly clock: Clock
  readonly random: () => number
  readonly fetch: FetchLike
}

type Rule = (value: unknown) => string | undefined

const ID_FORM = /^[a-z0-9][a-z0-9-]{0,62}$/
const DIGEST_FORM = /^[0-9a-f]{64}$/
const MODES: readonly unknown[] = ['stream', 'poll', 'manual'] satisfies Mode[]

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const has = (value: unknown, ...methods: string[]) =>
  isObject(value) && methods.every(method => typeof value[method] === 'function')
const rule =
  (holds: (value: unknown) => boolean, takes: string): Rule =>
  value =>
    holds(value) ? undefined : takes
const optional =
  (check: Rule): Rule =>
  value =>
    value === undefined ? undefined : check(value)
const milliseconds = (least: number, most: number): Rule =>
  rule(value => typeof value === 'number' && value >= least && value <= most, `milliseconds from ${least} to ${most}`)
const id = rule(value => typeof value === 'string' && ID_FORM.test(value), 'an id: a-z, 0-9 and -, at most 63')
const callable = rule(value => typeof value === 'function', 'a function')
const YEAR_MS = 365 * 24 * 3600_000

/** A row for each option: what it takes. An option that is in no row is a typing error of the caller. */
const RULES: Readonly<Record<keyof ClientOptions, Rule>> = {
  url: optional(checkUrl),
  source: optional(rule(value => has(value, 'get'), 'an object with `get`')),
  project: id,
  environment: id,
  root: rule(isPin, 'the root statement (bytes or text), or {version, digest}'),
  mode: optional(rule(value => MODES.includes(value), 'stream, poll or manual')),
  pollInterval: optional(milliseconds(1_000, YEAR_MS)),
  staleAfter: optional(milliseconds(1_000, YEAR_MS)),
  maxStale: optional(milliseconds(0, YEAR_MS)),
  requestTimeout: optional(milliseconds(100, 600_000)),
  floor: optional(rule(isFloor, '{epoch, sequence?, release?, stop?} of whole numbers')),
  cache: optional(rule(value => has(value, 'load', 'save'), 'an object with `load` and `save`')),
  bootstrap: optional(
    rule(value => value instanceof Uint8Array || typeof value === 'function', 'bytes, or a function that gives them'),
  ),
  secrets: optional(
    rule(
      value =>
        isObject(value) && Object.values(value).every(one => typeof one === 'string' || one instanceof Uint8Array),
      'an object of strings or bytes by name',
    ),
  ),
  regex: optional(rule(value => has(value, 'compile'), 'the `regex` of ensign-flags/regex')),
  context: optional(rule(value => isObject(value) && !Array.isArray(value), 'an object')),
  token: optional(
    rule(
      value => typeof value === 'function' || (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)),
      'a token, or a function that gives it',
    ),
  ),
  logger: optional(rule(value => has(value, 'warn'), 'an object with `warn`')),
  observe: optional(callable),
  observeUnit: optional(rule(value => typeof value === 'string', 'the name of an attribute')),
  counters: optional(checkCounters),
  fetch: optional(callable),
  clock: optional(rule(value => has(value, 'now', 'elapsed', 'after'), 'an object with `now`, `elapsed` and `after`')),
  random: optional(callable),
  signal: optional(rule(value => isObject(value) && typeof value.aborted === 'boolean', 'an AbortSignal')),
}

/** Reads every option once, and reports all that is wrong at once. */
export function checkOptions(given: ClientOptions, platformFetch: FetchLike): Settings {
  const options: Record<string, unknown> = isObject(given) ? Object.assign(Object.create(null), given) : {}
  const wrong: string[] = []
  for (const [name, check] of Object.entries(RULES)) {
    const takes = check(options[name])
    if (takes !== undefined) wrong.push(`${name} takes ${takes}`)
  }
  for (const name of Object.keys(options)) if (!Object.hasOwn(RULES, name)) wrong.push(`there is no option ${name}`)
  if ((options.url === undefined) === (options.source === undefined)) wrong.push('give either url or source')
  if (wrong.length > 0) {
    throw new EnsignError('options', `createClient: ${wrong.join('; ')}`, {
      cure: 'See the reference of createClient.',
    })
  }
  const checked = options as unknown as ClientOptions
  const settings: Settings = {
    ...checked,
    url: checked.url === undefined ? undefined : baseOf(checked.url),
    source: checked.source,
    root: typeof checked.root === 'string' ? utf8(checked.root) : checked.root,
    mode: checked.mode ?? 'stream',
    pollInterval: checked.pollInterval ?? 30_000,
    maxStale: checked.maxStale ?? 7 * 24 * 3600_000,
    requestTimeout: checked.requestTimeout ?? 10_000,
    clock: checked.clock ?? systemClock,
    random: checked.random ?? Math.random,
    fetch: checked.fetch ?? platformFetch,
  }
  // Without a prototype: an option that was not given is not there, whatever Object.prototype carries.
  return Object.freeze(Object.assign(Object.create(null), settings))
}

function checkUrl(value: unknown): string | undefined {
  const takes = 'an http or https address without user, query and fragment'
  if (!(value instanceof URL) && typeof value !== 'string') return takes
  if (!URL.canParse(String(value))) return takes
  const { protocol, username, password, search, hash } = new URL(value)
  const plain = (protocol === 'https:' || protocol === 'http:') && search === '' && hash === ''
  return plain && username === '' && password === '' ? undefined : takes
}

/** Relative to this, `v1/…` goes below the last name of the path and not beside it. */
function baseOf(url: string | URL): URL {
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

function isPin(value: unknown): boolean {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length > 0
  return (
    isObject(value) && isCount(value.version, 1) && typeof value.digest === 'string' && DIGEST_FORM.test(value.digest)
  )
}

const isCount = (value: unknown, least: number) => Number.isSafeInteger(value) && (value as number) >= least

function isFloor(value: unknown): boolean {
  if (!isObject(value) || !isCount(value.epoch, 1)) return false
  return [value.sequence, value.release, value.stop].every(one => one === undefined || isCount(one, 0))
}

function checkCounters(value: unknown): string | undefined {
  const takes = '{report, every?, limit?}'
  if (!has(value, 'report')) return takes
  const { every, limit } = value as { every?: unknown; limit?: unknown }
  if (every !== undefined && milliseconds(1_000, YEAR_MS)(every) !== undefined) return takes
  return limit === undefined || isCount(limit, 1) ? undefined : takes
}
