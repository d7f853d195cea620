import type { CodeTable } from '../base/errors.ts'

/** Codes of what is in force: head, log, release and stops. Those of files and parts are in filecodes.ts. */
export const BUNDLE_CODES = {
  no_release: {
    cause: 'There is no head: nothing was published in this environment yet.',
    cure: 'Publish a release, or check the configured URL, project and environment.',
  },
  memory_mismatch: {
    cause: 'The remembered state is of another project, environment or lineage.',
    cure: 'Keep one memory for each project, environment and pinned lineage.',
  },
  root_mismatch: {
    cause: 'The head names a root or an epoch that the chain of roots does not have.',
    cure: 'Publish the missing root, or publish the environment again under the newest one.',
  },
  head_lifetime: {
    cause: 'The head lives longer than the root allows.',
    cure: 'Publish a head within headLifetime; look for a stolen publish key.',
  },
  log_origin: {
    cause: 'The head is of another log than the root names.',
    cure: 'Publish under the origin of the root; a log is replaced only together with a higher epoch.',
  },
  rollback: {
    cause: 'The head is older than one that was verified before, or than the deployed floor.',
    cure: 'Look for an old mirror or cache. If a store was restored from a backup, raise the epoch in the root.',
  },
  head_fork: {
    cause: 'Two heads have one sequence number.',
    cure: 'Find out who published; two publishers must share one store.',
  },
  clock_fault: {
    cause: 'The head is from the future: the clock of this machine or of the publisher is wrong.',
    cure: 'Set the clocks.',
  },
  expired: {
    cause: 'The newest head there is has expired.',
    cure: 'See whether the publisher still refreshes the head, and whether this machine reaches the store.',
  },
  root_expired: { cause: 'The newest root has expired.', cure: 'Publish a new root.' },
  release_rollback: {
    cause: 'The release, or what it clears, is older than what was in force before.',
    cure: 'Go back by publishing a new, higher release with the old rules.',
  },
  release_fork: {
    cause: 'The release does not follow the one that was in force.',
    cure: 'Propose the change again on top of what is in force, and have it approved again.',
  },
  release_digest: {
    cause: 'The release beside the head is not the one that the head names.',
    cure: 'Fetch both again; if that repeats, the store mixes releases.',
  },
  release_unsupported: {
    cause: 'The newest root supports neither the signatures of the release in force nor names it as standing.',
    cure: 'Publish a root that names it as standing, or have the release approved again.',
  },
  unknown_author: {
    cause: 'The author is not among the people who may be author under the newest root.',
    cure: 'Give the role in the root, or let somebody propose who has it.',
  },
  author_not_signed: { cause: 'The author did not sign the release.', cure: 'Let the author sign it.' },
  not_effective: {
    cause: 'The release took effect outside of the time for which it was approved.',
    cure: 'Propose and approve it again.',
  },
  stop_rollback: {
    cause: 'The chain of stops is shorter than before.',
    cure: 'Look for an old mirror; a stop is lifted only by a release that clears it.',
  },
  stop_fork: {
    cause: 'A stop differs from the one seen before at its place.',
    cure: 'Find out who holds stop keys, and who wrote the store.',
  },
  stop_gap: {
    cause: 'The stops do not reach without a gap from what the release clears to what the head names.',
    cure: 'Publish again: it writes the whole run into head.json.',
  },
  stop_signer: {
    cause: 'A stop is not signed by anybody who may stop under the newest root.',
    cure: 'Sign with a key of the stop role, or let a root name the stop as standing.',
  },
  many_stops: {
    cause: 'The stops in force fill a third of what head.json can hold of them. Nothing is refused yet.',
    cure: 'Publish a release that clears those that are dealt with: `ensign resume`, or archive the flags and propose.',
  },
  log_restarted: {
    cause:
      'The environment has a higher epoch: its log goes on from what the root vouches for, under a new origin. Nothing is refused.',
    cure: 'Nothing, if the people of the root announced it: `ensign root epoch`. Else ask them.',
  },
  not_logged: {
    cause: 'What the head says is in force is not the last entry of the log.',
    cure: 'Publish again; if that repeats, look for tampering.',
  },
  log_shrunk: { cause: 'The log is shorter than before.', cure: 'Look for an old mirror or a truncated store.' },
  log_rewritten: {
    cause: 'The log does not extend the one that was seen before.',
    cure: 'History was changed. Compare the store with another copy.',
  },
  split_view: {
    cause: 'Two logs of one size differ.',
    cure: 'Somebody shows different histories to different readers. Compare copies.',
  },
  log_gap: {
    cause: 'The proof from the log that was seen before is not beside the head, and its tiles cannot be read.',
    cure: 'Give access to the tiles, or start from a newer bundle.',
  },
} as const satisfies CodeTable
