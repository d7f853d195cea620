import { equalBytes, fromHex, hex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import { sha256 } from '../../base/sha256.ts'

/** A token as the server keeps it: what was handed out cannot be read back from it. */
export interface StoredToken {
  /** A name for people and for the access log. */
  readonly id: string
  /** SHA-256 of the token in lower-case hex. Tokens are 256 random bits, so no slow hash is needed. */
  readonly sha256: string
  readonly project: string
  /** '*' is every environment of the project. Roots and policies belong to all of them. */
  readonly environments: readonly string[] | '*'
  readonly metrics?: boolean
}

export type Grant =
  | { readonly ok: true; readonly token: string | null }
  | { readonly ok: false; readonly code: AccessCode }
type AccessCode = 'token_missing' | 'token_scope'

export interface Access {
  /** Whether answers depend on who asks: shared caches may not keep them then. */
  readonly guarded: boolean
  file(authorization: string | undefined, project: string, environment: string | undefined): Grant
  metrics(authorization: string | undefined): Grant
  /** From now on these. Where nobody had to show one, nobody has to. */
  replace(tokens: readonly StoredToken[]): void
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i
const OPEN: Grant = Object.freeze({ ok: true, token: null })
const MISSING: Grant = Object.freeze({ ok: false, code: 'token_missing' })
const SCOPE: Grant = Object.freeze({ ok: false, code: 'token_scope' })

/**
 * Without a list everybody may read, which is right for a public CDN as well, since the store holds no secret. With an
 * empty one nobody may: taking the last row out must not open the door.
 */
export function createAccess(tokens: readonly StoredToken[] | undefined): Access {
  const guarded = tokens !== undefined
  let rows = rowsOf(tokens ?? [])
  const find = (authorization: string | undefined) => {
    const sent = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
    if (sent === undefined) return undefined
    const hash = sha256(utf8(sent))
    // Comparing digests tells a guesser nothing of use about the token: he cannot steer its hash.
    return rows.find(row => equalBytes(row.hash, hash))
  }
  return {
    guarded,
    file(authorization, project, environment) {
      if (!guarded) return OPEN
      const row = find(authorization)
      if (row === undefined) return MISSING
      if (row.project !== project) return SCOPE
      return environment === undefined || row.environments === '*' || row.environments.includes(environment)
        ? row.grant
        : SCOPE
    },
    metrics(authorization) {
      if (!guarded) return OPEN
      const row = find(authorization)
      if (row === undefined) return MISSING
      return row.metrics === true ? row.grant : SCOPE
    },
    replace(next) {
      rows = rowsOf(next)
    },
  }
}

function rowsOf(tokens: readonly StoredToken[]) {
  return tokens.map(token => ({
    ...token,
    hash: hashOf(token),
    grant: Object.freeze({ ok: true as const, token: token.id }),
  }))
}

function hashOf(token: StoredToken): Uint8Array {
  const hash = fromHex(token.sha256)
  if (hash?.length !== 32) throw options(`token ${token.id}: sha256 is not 64 hex digits`)
  return hash
}

/** What `ensign serve token` prints: the secret once, and the row that the token file keeps. */
export function makeToken(
  random: Uint8Array,
  row: Omit<StoredToken, 'sha256'>,
): { secret: string; stored: StoredToken } {
  const secret = `ensign_${hex(random)}`
  return { secret, stored: { ...row, sha256: hex(sha256(utf8(secret))) } }
}

/** The token file: `{"tokens":[{"id","sha256","project","environments":[…]|"*","metrics"?}]}`. */
export function parseTokens(value: unknown): StoredToken[] {
  if (!isObject(value) || !Array.isArray(value.tokens)) throw options('the token file has no list "tokens"')
  return value.tokens.map((row, index) => {
    const where = `tokens[${index}]`
    if (!isObject(row)) throw options(`${where} is no object`)
    const { id, sha256, project, environments, metrics } = row
    if (typeof id !== 'string' || typeof sha256 !== 'string' || typeof project !== 'string') {
      throw options(`${where}: id, sha256 and project are texts`)
    }
    const list =
      environments === '*' || (Array.isArray(environments) && environments.every(one => typeof one === 'string'))
    if (!list) throw options(`${where}: environments is "*" or a list of names`)
    if (metrics !== undefined && typeof metrics !== 'boolean') throw options(`${where}: metrics is true or false`)
    const token = { id, sha256, project, environments: environments as string[] | '*' }
    return metrics === undefined ? token : { ...token, metrics }
  })
}

function options(what: string): EnsignError {
  return new EnsignError('serve_options', what)
}
