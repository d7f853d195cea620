import type { CodeTable } from './errors.ts'

/** Codes of the strict JSON reader and of broken invariants. */
export const BASE_CODES = {
  too_large: {
    cause: 'The bytes are over the cap of their kind.',
    cure: 'Make the document smaller; the caps are listed in the format specification.',
  },
  too_deep: { cause: 'JSON is nested deeper than the cap.', cure: 'Flatten the document.' },
  json: { cause: 'The bytes are not UTF-8 JSON.', cure: 'Send the file exactly as it was published.' },
  json_number: {
    cause: 'A number is not a safe integer where only these are allowed.',
    cure: 'Write a whole number between -(2^53-1) and 2^53-1.',
  },
  json_key: { cause: 'An object has a member named __proto__.', cure: 'Rename the member.' },
  json_not_canonical: {
    cause: 'The bytes differ from the RFC 8785 form of what they say.',
    cure: 'Write the document with an RFC 8785 printer: no white space, sorted members, no repeated member.',
  },
  internal: { cause: 'An invariant of this library was broken.', cure: 'Report it with the message; it is a bug.' },
} as const satisfies CodeTable
