import {
  MAX_BUNDLE,
  MAX_ENVELOPE,
  MAX_HEAD_FILE,
  MAX_INDEX,
  MAX_MANIFEST,
  MAX_PART,
  MAX_POLICY,
  MAX_ROOT_ENVELOPE,
} from '../../base/limits.ts'

/** What a path of the store holds; also the only label that a request leaves in the metrics. */
type FileKind = 'root' | 'policy' | 'head' | 'bundle' | 'part' | 'manifest' | 'statement' | 'log' | 'tile'

export interface FileRoute {
  readonly kind: FileKind
  readonly project: string
  /** undefined for what belongs to the whole project: roots and policies. */
  readonly environment: string | undefined
  /** In the store. */
  readonly path: string
  /** Its content can never change: the name holds its digest, or history only grows. */
  readonly immutable: boolean
  readonly type: string
  readonly maxBytes: number
}

export interface StreamRoute {
  readonly kind: 'stream'
  readonly project: string
  readonly environment: string
}

export interface PostRoute {
  readonly kind: 'stops' | 'releases' | 'events'
  readonly project: string
  readonly environment: string
}

const ID = '[a-z0-9][a-z0-9-]{0,62}'
const VERSION = '[1-9][0-9]{0,15}'
const DIGEST = '[0-9a-f]{64}'
/** C2SP tlog-tiles: the index in groups of three digits, all but the last prefixed by x; a partial tile ends in .p/{width}. */
const TILE = '(?:[0-6]|entries)/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\\.p/(?:[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?'

const JSON_TYPE = 'application/json'
const TEXT = 'text/plain; charset=utf-8'
const MAX_LOG_STATE = 16 * 1024 * 1024
/** 256 entries of at most 64 KiB each, as the entry bundles of the tile layout allow. */
const MAX_TILE = 256 * (64 * 1024 + 2)

interface Row {
  readonly kind: FileKind
  readonly form: string
  readonly immutable: boolean
  readonly type: string
  readonly maxBytes: number
}

/** The layout of a project, complete: what is in no row is not served. */
const PROJECT_ROWS: readonly Row[] = [
  { kind: 'root', form: `roots/${VERSION}\\.json`, immutable: true, type: JSON_TYPE, maxBytes: MAX_ROOT_ENVELOPE },
  { kind: 'policy', form: `policies/${DIGEST}\\.json`, immutable: true, type: JSON_TYPE, maxBytes: MAX_POLICY },
]
const ENVIRONMENT_ROWS: readonly Row[] = [
  { kind: 'head', form: 'head\\.json', immutable: false, type: JSON_TYPE, maxBytes: MAX_HEAD_FILE },
  { kind: 'bundle', form: 'bundle\\.ndjson', immutable: false, type: 'application/x-ndjson', maxBytes: MAX_BUNDLE },
  {
    kind: 'part',
    form: `parts/${DIGEST}\\.json`,
    immutable: true,
    type: JSON_TYPE,
    maxBytes: Math.max(MAX_PART, MAX_INDEX),
  },
  { kind: 'manifest', form: `manifests/${DIGEST}\\.json`, immutable: true, type: JSON_TYPE, maxBytes: MAX_MANIFEST },
  {
    kind: 'statement',
    form: `(?:releases|stops|events)/(?:${VERSION}-)?${DIGEST}\\.json`,
    immutable: true,
    type: JSON_TYPE,
    maxBytes: MAX_ENVELOPE,
  },
  { kind: 'log', form: `log/${VERSION}/state\\.json`, immutable: false, type: JSON_TYPE, maxBytes: MAX_LOG_STATE },
  { kind: 'log', form: `log/${VERSION}/checkpoint`, immutable: false, type: TEXT, maxBytes: MAX_ENVELOPE },
  {
    kind: 'tile',
    form: `log/${VERSION}/tile/${TILE}`,
    immutable: true,
    type: 'application/octet-stream',
    maxBytes: MAX_TILE,
  },
]

const compile = (rows: readonly Row[]) => rows.map(row => ({ ...row, test: new RegExp(`^${row.form}$`) }))
const PROJECT = compile(PROJECT_ROWS)
const ENVIRONMENT = compile(ENVIRONMENT_ROWS)

const POSTS: Readonly<Record<string, PostRoute['kind']>> = { stops: 'stops', releases: 'releases', events: 'events' }
const BASE = new RegExp(`^/v1/(${ID})/(${ID})/(.+)$`)
const MAX_PATH = 320

export interface Routed {
  readonly file?: FileRoute
  readonly stream?: StreamRoute
  readonly post?: PostRoute
}

/**
 * A request's path to what it names; undefined for everything else. Nothing is decoded or normalised: an escape, a dot
 * segment, a doubled slash or an upper-case letter matches no row, so no path that a caller makes up reaches a store.
 */
export function routeOf(pathname: string): Routed | undefined {
  if (pathname.length > MAX_PATH) return undefined
  const match = BASE.exec(pathname)
  if (match === null) return undefined
  const [, project, second, rest] = match as unknown as [string, string, string, string]
  // `roots` and `policies` are legal ids, but an environment of that name has other files below it.
  const whole = `${second}/${rest}`
  const path = pathname.slice(1)
  for (const row of PROJECT) if (row.test.test(whole)) return { file: fileOf(row, project, undefined, path) }
  for (const row of ENVIRONMENT) if (row.test.test(rest)) return { file: fileOf(row, project, second, path) }
  if (rest === 'stream') return { stream: { kind: 'stream', project, environment: second } }
  const post = Object.hasOwn(POSTS, rest) ? POSTS[rest] : undefined
  return post === undefined ? undefined : { post: { kind: post, project, environment: second } }
}

function fileOf(row: Row, project: string, environment: string | undefined, path: string): FileRoute {
  const { kind, immutable, type, maxBytes } = row
  return { kind, project, environment, path, immutable, type, maxBytes }
}

/** The head of one environment, as the event stream and the metrics ask for it. */
export function headRoute(project: string, environment: string): FileRoute {
  return fileOf(ENVIRONMENT_ROWS[0]!, project, environment, `v1/${project}/${environment}/head.json`)
}
