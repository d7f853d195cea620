import type { CodeTable } from '../base/errors.ts'
import type { FaultCode } from './reasons.ts'

/** Codes of parts that cannot be loaded, of flags and segments in error, and of answers without one. */
export const RULES_CODES = {
  json_shape: {
    cause: 'A part is no object, or its flags or segments are none.',
    cure: 'Send the part as it was published.',
  },
  not_ready: {
    cause: 'No rule set was applied yet.',
    cure: 'Wait for the client to be ready; fallbacks are served until then.',
  },
  flag_not_found: { cause: 'The rule set has no flag of this key.', cure: 'Check the key and the environment.' },
  type_mismatch: {
    cause: 'The fallback has another type than the flag.',
    cure: 'Ask with a fallback of the type of the flag.',
  },
  context: { cause: 'The context threw while it was read.', cure: 'Pass a plain object.' },
  malformed: {
    cause: 'A flag or segment breaks the rules model.',
    cure: 'Correct it at the path that the problem names.',
  },
  newer_rules: {
    cause: 'A flag or segment has a member, operator or type that this engine does not know.',
    cure: 'Update the SDK, or wait with this rule until all clients are updated.',
  },
  same_salt: {
    cause: 'A split and a bucket condition above it have one salt and one unit.',
    cure: 'Give the split a salt of its own.',
  },
  same_seed: {
    cause: 'The salts of a split and of a bucket condition above it have the same hash.',
    cure: 'Give the split another salt.',
  },
  cycle: { cause: 'A flag or segment reads itself, directly or through others.', cure: 'Take one of the reads out.' },
  too_many_reads: {
    cause: 'A flag reads more flags or segments, or through more others, than the caps allow.',
    cure: 'Read fewer; the caps are in the rules model.',
  },
  segment_missing: {
    cause: 'A segment that is read does not exist.',
    cure: 'Add the segment, or take the condition out.',
  },
  secret_missing: {
    cause: 'A sealed value needs a secret that was not passed in.',
    cure: 'Pass the secret in `secrets`.',
  },
  regex_missing: {
    cause: '`matches` needs a regex engine and none was passed in.',
    cure: 'Pass `regex` from ensign-flags/regex.',
  },
} as const satisfies CodeTable & Record<FaultCode, unknown>
