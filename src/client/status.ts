/**
 * `starting`: nothing verified yet, and nothing refused. `current`: verified and fresh. `stale`: verified once, and no
 * newer proof of freshness. `unverified`: all that was offered was refused, so the caller's fallbacks are served.
 */
export type Status = 'starting' | 'current' | 'stale' | 'unverified' | 'closed'

/** What happens to a client. */
export type Happening =
  /** A verified state, not expired, was taken over, or the source confirmed that it is still the newest. */
  | 'fresh'
  /** A genuine state that has expired was taken over, because there was none. */
  | 'old'
  /** What the source offered did not verify. */
  | 'refused'
  /** The signed freshness of the state in force ran out. */
  | 'expired'
  /** The source has not answered for longer than `staleAfter`. */
  | 'silent'
  | 'close'

export const TRANSITIONS: Readonly<Record<Status, Readonly<Record<Happening, Status>>>> = {
  starting: {
    fresh: 'current',
    old: 'stale',
    refused: 'unverified',
    expired: 'starting',
    silent: 'starting',
    close: 'closed',
  },
  unverified: {
    fresh: 'current',
    old: 'stale',
    refused: 'unverified',
    expired: 'unverified',
    silent: 'unverified',
    close: 'closed',
  },
  current: {
    fresh: 'current',
    old: 'stale',
    refused: 'stale',
    expired: 'stale',
    silent: 'stale',
    close: 'closed',
  },
  stale: {
    fresh: 'current',
    old: 'stale',
    refused: 'stale',
    expired: 'stale',
    silent: 'stale',
    close: 'closed',
  },
  closed: {
    fresh: 'closed',
    old: 'closed',
    refused: 'closed',
    expired: 'closed',
    silent: 'closed',
    close: 'closed',
  },
}
