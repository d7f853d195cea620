/** The typed documents that people and machines sign. `typ` in the header is `ensign-<type>+jws`. */
export type StatementType = 'root' | 'release' | 'stop' | 'head' | 'event'

/** `kid` is the RFC 7638 thumbprint. No other member is allowed. */
export type PublicJwk =
  | { readonly crv: 'Ed25519'; readonly kid: string; readonly kty: 'OKP'; readonly x: string }
  | { readonly crv: 'P-256'; readonly kid: string; readonly kty: 'EC'; readonly x: string; readonly y: string }

export type Algorithm = 'Ed25519' | 'ES256'

/** Names a statement by its version and the SHA-256 of its payload's bytes, lower-case hex. */
export interface Reference {
  readonly version: number
  readonly digest: string
}

/** What the log commits to: a reference and the SHA-256 of the envelope's bytes. */
export interface LoggedReference extends Reference {
  readonly envelope: string
}

/** What every payload starts with. `genesis` is the digest of root 1, and null only there. */
export interface Lineage {
  readonly genesis: string
  readonly project: string
}

export interface Person {
  readonly id: string
  readonly machine: boolean
  /** Ascending by `kid`. */
  readonly keys: readonly PublicJwk[]
}

/** What was in force, and how long the log was, when this root was made: vouched for by its signers. */
export interface Standing {
  readonly release: Reference
  readonly stop: Reference | null
  /** The `clears` of that release. */
  readonly clears: Reference | null
  readonly log: { readonly size: number; readonly root: string }
}

export interface RootEnvironment {
  readonly name: string
  readonly epoch: number
  readonly author: readonly string[]
  readonly approve: readonly string[]
  /** How many people of `approve`, the author not counted, a release takes. */
  readonly approvals: number
  readonly stop: readonly string[]
  readonly publish: readonly string[]
  /** Seconds. */
  readonly headLifetime: number
  readonly log: { readonly origin: string; readonly key: Extract<PublicJwk, { kty: 'OKP' }> }
  readonly standing: Standing | null
}

/** Who may do what. Lists hold the ids of people, ascending, each once. */
export interface RootPayload {
  readonly type: 'root'
  readonly spec: 1
  readonly genesis: string | null
  readonly project: string
  readonly version: number
  readonly previous: string | null
  readonly issued: string
  readonly expires: string
  readonly people: readonly Person[]
  readonly root: { readonly members: readonly string[]; readonly threshold: number }
  /** Digest of the policy file. */
  readonly policy: string | null
  readonly environments: readonly RootEnvironment[]
}

/** What an application pins: the root statement itself, or its name. */
export type RootPin = Uint8Array | Reference

/** A verified signature of a person whom the root knows. `iat` is the signer's own word: for auditors. */
export interface Signed {
  readonly person: string
  readonly kid: string
  readonly iat: number
}
