import * as limits from '../base/limits.ts'
import {
  bool,
  digest,
  id,
  integer,
  nullable,
  object,
  only,
  origin,
  reference,
  type Shape,
  sorted,
  text,
  time,
  version,
} from './shape.ts'
import type { PublicJwk, RootEnvironment, RootPayload, Standing } from './types.ts'

const MAX = limits.MAX_ROOT_LIST_COUNT
const itself = (one: string) => one
const ids = (min: number) => sorted(id, itself, min, MAX)
/** Only the kid, to sort by; the rest is judged by `importKey`, whose codes say more. */
const jwk: Shape<PublicJwk> = (value, at) => {
  text(/^[\w-]{43}$/)(Object.hasOwn(Object(value), 'kid') ? (value as PublicJwk).kid : undefined, `${at}/kid`)
  return value as PublicJwk
}

const standing = object<Standing>({
  release: reference,
  stop: nullable(reference),
  clears: nullable(reference),
  log: object({ size: version, root: digest }),
})

const environment = object<RootEnvironment>({
  name: id,
  epoch: version,
  author: ids(1),
  approve: ids(0),
  approvals: integer(0, MAX),
  stop: ids(0),
  publish: ids(1),
  headLifetime: integer(60, limits.MAX_HEAD_LIFETIME_MS / 1000),
  log: object({ origin, key: jwk as Shape<RootEnvironment['log']['key']> }),
  standing: nullable(standing),
})

export const rootShape = object<RootPayload>({
  type: only('root'),
  spec: only(1),
  genesis: nullable(digest),
  project: id,
  version,
  previous: nullable(digest),
  issued: time,
  expires: time,
  people: sorted(object({ id, machine: bool, keys: sorted(jwk, key => key.kid, 1, 16) }), person => person.id, 1, MAX),
  root: object({ members: ids(1), threshold: integer(1, MAX) }),
  policy: nullable(digest),
  environments: sorted(environment, one => one.name, 1, MAX),
})
