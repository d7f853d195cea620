import type { CodeTable } from '../../base/errors.ts'

/** Codes of the stores. */
export const STORE_CODES = {
  store_conflict: {
    cause: 'Someone else wrote this file in the meantime, or it exists already.',
    cure: 'Read it again and repeat the command; nothing of yours was lost.',
  },
  store_path: {
    cause: 'A store path has a segment that is not made of letters, digits, dots, dashes and underscores.',
    cure: 'Use the paths of the store layout.',
  },
  store_busy: {
    cause: 'Another process held the lock of the folder for longer than the wait.',
    cure: 'See whether that process hangs; a dead process never holds the lock.',
  },
} as const satisfies CodeTable
