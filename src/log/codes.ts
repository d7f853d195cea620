import type { CodeTable } from '../base/errors.ts'

/** Codes of reading a log's files. What a log says about the state in force has its codes in `bundle`. */
export const LOG_CODES = {
  tile_missing: {
    cause: 'A tile or an entry bundle of the log is not in the store.',
    cure: 'Publish again: it completes what a broken run left out. If the store lost files, restore them from a copy.',
  },
  tile_hash: {
    cause: 'A tile or an entry bundle does not hold what the root of the log commits to.',
    cure: 'Get the file again without caches. If it stays, the store was altered: compare it with another copy of the log.',
  },
  checkpoint_form: {
    cause: 'The checkpoint is not a signed note with exactly origin, size and root, or names another origin.',
    cure: 'Get the checkpoint again; compare its first line with the log origin in the root.',
  },
  checkpoint_signature: {
    cause: 'The checkpoint has no signature of the log key, or a wrong one.',
    cure: 'Compare the log key with the root. A checkpoint that stays wrong means another log than the approved one.',
  },
} as const satisfies CodeTable
