import type { CodeTable } from '../../base/errors.ts'

/** Codes of publishing. */
export const PUBLISH_CODES = {
  log_state: {
    cause: 'The state of the log does not fit the head: it was changed, or the store comes from a backup.',
    cure: 'If the store was restored, raise the epoch with `ensign root epoch`; else restore the file.',
  },
  store_went_back: {
    cause:
      'The store shows less than was seen in force, here or by who had the workspace before: it was restored from a backup, or turned back.',
    cure: 'Name the store or server that is up to date, with --store or --to. If there is none any more, begin a new epoch: `ensign root epoch`.',
  },
  release_passed: {
    cause: 'This release was in force before and another one has followed it.',
    cure: 'Nothing is left to do. To go back to it, use `ensign rollback`.',
  },
  too_early: {
    cause: 'The release may not take effect yet.',
    cure: 'Publish it with --at, or when its time has come.',
  },
  manifest_lies: {
    cause: 'The audit manifest tells another story than the rules before and after.',
    cure: 'Propose the change again with `ensign propose`, which computes it.',
  },
  manifest: {
    cause: 'The audit manifest is missing, malformed, or not the one that the release names.',
    cure: 'Send the manifest as `ensign propose` wrote it.',
  },
  policy: {
    cause: 'A rule of change says no.',
    cure: 'The refusal names the rule, who could do it, and how.',
  },
  policy_missing: {
    cause: 'The root names a policy that is not in the store.',
    cure: 'Write it again with `ensign root publish`.',
  },
  stop_nothing: {
    cause: 'Every flag of the stop is stopped already.',
    cure: 'Nothing is left to do.',
  },
  publish_key: {
    cause: 'The key is not one that may publish this environment, or not the key of its log.',
    cure: 'Use the keys that the newest root names for this environment.',
  },
  policy_digest: {
    cause: 'The policy file is not the one that the root names.',
    cure: 'Write it again with `ensign root publish`.',
  },
  statement_missing: {
    cause: 'A statement that the log names is not in the store.',
    cure: 'Restore the file: everything that a logged release names must be kept.',
  },
  statement_changed: {
    cause: 'A statement in the store is not the one that the log commits to.',
    cure: 'Restore the file from a copy, and find out who wrote to the store.',
  },
  rules: {
    cause: 'A flag or segment of the release is not of the form that clients take.',
    cure: 'Build the parts with `ensign propose`.',
  },
  reason_missing: { cause: 'A change without a reason.', cure: 'Say why with --reason.' },
  release_missing: {
    cause: 'No release of this version was ever in force.',
    cure: 'See `ensign history`.',
  },
  resume_others: {
    cause: 'A release resolves all stops up to one, and other flags would run again as well.',
    cure: 'Name them too, or stop them again after.',
  },
  tests_failed: { cause: 'Flag tests failed.', cure: 'Look at `ensign test`.' },
  lint_failed: { cause: 'The workspace has errors.', cure: 'Look at `ensign lint`.' },
  log_entry: {
    cause: 'An entry of the log is of another environment, not in its one form, or the log does not end with a state.',
    cure: 'Compare the log with another copy; find out who had the key of the log.',
  },
  append_unfinished: {
    cause:
      'The key of the log has signed entries that the head does not show yet: a command is at work, or was killed.',
    cure: 'Give the same command again, or `ensign refresh`; if that does not help, find out who holds the head back.',
  },
  checkpoint_mismatch: {
    cause: 'The checkpoint is not of the log key, or not of the log that the head shows.',
    cure: 'Compare the log with another copy; find out who had the key of the log.',
  },
  log_entry_missing: { cause: 'The log has no such entry.', cure: 'See `ensign audit log`.' },
  stop_not_ratified: {
    cause: 'A stop has stood for longer than `ratifyHours` of the policy, and no release has dealt with it.',
    cure: 'Publish a release that does: `ensign resume`, with a change that turns the flag off where it shall stay off.',
  },
  stop_ratified_late: {
    cause: 'A stop stood for longer than `ratifyHours` of the policy before a release dealt with it.',
    cure: 'Nothing is left to do; an auditor will ask why it took so long.',
  },
  log_order: {
    cause: 'An entry is dated before the one in front of it.',
    cure: 'Compare the log with another copy; find out who had the publish key.',
  },
  release_gap: {
    cause: 'A release is missing in the log between two others.',
    cure: 'Compare the log with another copy; find out who had the publish key.',
  },
  event_taken: {
    cause: 'Another person had the same thing logged in the same second.',
    cure: 'Give the command again.',
  },
  too_many_due: {
    cause: 'Too many releases wait for their time in this environment.',
    cure: 'Withdraw some, or publish them.',
  },
} as const satisfies CodeTable
