import type { CodeTable } from '../base/errors.ts'

/** Codes of the files that carry rules. */
export const FILE_CODES = {
  part_index: {
    cause: 'The index of parts is not the one that the release names, or its count is no power of two.',
    cure: 'Get it again without caches; if that repeats, publish again.',
  },
  part_size: {
    cause: 'A part has another size than the index says: it was cut or replaced.',
    cure: 'Get it again without caches; if that repeats, publish again.',
  },
  part_digest: {
    cause: 'A part is not the one that the index names.',
    cure: 'Get it again without caches; if that repeats, look for who changes files in the store.',
  },
  part_missing: {
    cause: 'A part that the index names is not there.',
    cure: 'Publish again: it writes what is missing. A part that a release names must never be deleted.',
  },
  misplaced_flag: {
    cause: 'A flag or segment stands in another part than its key belongs to.',
    cure: 'Lay the parts out with this library, or by the rule in the bundle specification.',
  },
  bundle_form: {
    cause: 'A bundle file is not a header line, the index and each part once, every line ended by one LF.',
    cure: 'Get it again; nothing may reformat it. If that repeats, publish again or read the store instead.',
  },
} as const satisfies CodeTable
