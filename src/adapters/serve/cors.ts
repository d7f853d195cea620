import type { Headers } from './forms.ts'

/** Browsers that may read: '*' or a list of origins. */
export type Cors = '*' | readonly string[]

export interface CorsRules {
  /** Headers for an answer to this origin; they name an origin of the list and never echo the caller's. */
  headers(origin: string | undefined): Headers
  preflight(origin: string | undefined): Headers
}

const NONE: Headers = []
const EXPOSED = ['Access-Control-Expose-Headers', 'ETag, Retry-After']
const PREFLIGHT = [
  'Access-Control-Allow-Methods',
  'GET, HEAD',
  'Access-Control-Allow-Headers',
  'Authorization, If-None-Match, Last-Event-ID, Range',
  'Access-Control-Max-Age',
  '600',
]

export function createCors(cors: Cors | undefined): CorsRules {
  if (cors === undefined || cors.length === 0) return { headers: () => NONE, preflight: () => NONE }
  if (cors === '*') {
    const all = ['Access-Control-Allow-Origin', '*', ...EXPOSED]
    return { headers: () => all, preflight: () => [...all, ...PREFLIGHT] }
  }
  const rows = new Map(cors.map(one => [one, ['Vary', 'Origin', 'Access-Control-Allow-Origin', one, ...EXPOSED]]))
  // Said to strangers as well: a cache must not give their copy to a browser of the list.
  const stranger = ['Vary', 'Origin']
  const headers = (origin: string | undefined) => (origin === undefined ? undefined : rows.get(origin)) ?? stranger
  return { headers, preflight: origin => [...headers(origin), ...PREFLIGHT] }
}
