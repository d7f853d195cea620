import { CLOCK_SKEW_MS, MAX_EFFECTIVE_WINDOW_MS } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'
import { countSigners } from '../trust/quorum.ts'
import { follows } from '../trust/succession.ts'
import type { LoggedReference, RootEnvironment, Signed } from '../trust/types.ts'
import type { Anchor, Memory } from './memory.ts'
import type { HeadPayload, ReleasePayload } from './types.ts'

const AT = 'release'

/** It is the one that the head names, in the envelope that was logged. */
export function checkNamed(one: Pick<LoggedReference, 'digest' | 'envelope'>, named: LoggedReference): void {
  must('8.1', one.digest === named.digest, 'release_digest', AT)
  must('8.2', one.envelope === named.envelope, 'not_logged', AT)
}

/** The release makes sense on its own. */
export function checkReleaseForm(release: ReleasePayload): void {
  must('8.4', (release.previous === null) === (release.version === 1), 'schema', AT, 'null in version 1 only')
  const from = parseTime(release.effective.from)!
  const until = parseTime(release.effective.until)!
  must('8.5', from <= until, 'schema', `${AT}/effective`, 'a window that ends before it begins')
  must('8.6', until - from <= MAX_EFFECTIVE_WINDOW_MS, 'schema', `${AT}/effective`, 'a window over 30 days')
}

/**
 * The newest root's quorum: the author, and enough other people of `approve`, all over these bytes. A person counts
 * once. `held`: this release was verified before, so that only a newer root can have left it without support.
 */
export function checkQuorum(
  release: ReleasePayload,
  signed: readonly Signed[],
  one: RootEnvironment,
  held: boolean,
): void {
  const code = (own: string) => (held ? 'release_unsupported' : own)
  const { author } = release
  must('8.7', one.author.includes(author), code('unknown_author'), AT, `${author} is no author here`)
  must(
    '8.8',
    signed.some(by => by.person === author),
    code('author_not_signed'),
    AT,
    `${author} did not sign`,
  )
  const approvals = countSigners(signed, one.approve, author)
  must('8.9', approvals >= one.approvals, code('threshold'), AT, `${approvals} of ${one.approvals} approvals`)
}

/** It follows the release of each anchor where that is its neighbour, and what it clears never falls. */
export function checkLineage(release: ReleasePayload, anchors: readonly Anchor[]): void {
  const cleared = release.clears?.version ?? 0
  for (const anchor of anchors) {
    const next = release.version === anchor.release.version + 1
    must('8.10', !next || release.previous === anchor.release.digest, 'release_fork', AT)
    must('8.11', cleared >= (anchor.clears?.version ?? 0), 'release_rollback', AT)
    must('8.12', follows(anchor.clears, release.clears), 'stop_fork', AT)
  }
}

/** An approval lapses: the release took effect when it was meant to, and not after lying in a drawer. */
export function checkEffective(head: HeadPayload, release: ReleasePayload, memory: Memory | undefined): void {
  const since = parseTime(head.state.since)!
  const { from, until } = release.effective
  const inWindow = parseTime(from)! <= since && since <= parseTime(until)!
  must('8.13', inWindow, 'not_effective', AT, `took effect ${head.state.since}, not from ${from} to ${until}`)
  must('8.14', since <= parseTime(head.issued)!, 'not_effective', AT, 'took effect after the head was issued')
  if (memory === undefined || memory.release.digest === head.state.release.digest) return
  const late = since >= parseTime(memory.issued)! - CLOCK_SKEW_MS
  must('8.15', late, 'not_effective', AT, 'is new here, yet took effect before the last head')
}
