// Every limit of the formats, on one screen. Bytes unless the name says otherwise; checked before parsing.

// Statements
export const MAX_ENVELOPE = 64 * 1024
export const MAX_SIGNATURES_COUNT = 16
export const MAX_PAYLOAD = 32 * 1024
export const MAX_ROOT_ENVELOPE = 256 * 1024
/** Release and head payloads, so that key services which cap raw messages at 4,096 bytes can sign them. */
export const MAX_SIGNABLE_PAYLOAD = 2_900
export const MAX_JSON_DEPTH = 64

// Root chain
export const MAX_ROOT_HOPS_COUNT = 1_024
/** People, environments, and each list of people. */
export const MAX_ROOT_LIST_COUNT = 1_024
export const MAX_ROOT_LIFETIME_MS = 400 * 24 * 3600_000

// Head and stops
export const MAX_HEAD_FILE = 256 * 1024
export const MAX_STOPS = 192 * 1024
export const MAX_STOP_FLAGS_COUNT = 1_024
export const WARN_STOPS = 64 * 1024
export const MAX_HEAD_LIFETIME_MS = 7 * 24 * 3600_000
export const MAX_EFFECTIVE_WINDOW_MS = 30 * 24 * 3600_000
export const CLOCK_SKEW_MS = 300_000

// Parts and bundle
/** The first line of bundle.ndjson: head.json and all roots. */
export const MAX_BUNDLE_HEADER = 2 * 1024 * 1024
export const MAX_INDEX = 1024 * 1024
export const MAX_PARTS_COUNT = 8_192
export const MAX_PART = 4 * 1024 * 1024
export const MAX_BUNDLE = 256 * 1024 * 1024

// A release on its way
export const MAX_MANIFEST = 16 * 1024 * 1024
export const MAX_POLICY = 1024 * 1024
/** Handed in over HTTP: the manifest as a JSON string, which can double it, and the parts that the store lacks. */
export const MAX_SUBMISSION = 48 * 1024 * 1024

// Rules
export const MAX_KEY_LENGTH = 128
/** Evaluations of flags, and of segments, inside the evaluation of one flag. */
export const MAX_FLAG_READS_COUNT = 64
export const MAX_SEGMENT_READS_COUNT = 1_024
export const MAX_READ_HOPS_COUNT = 64
export const MAX_PATTERN_UNITS = 1_024
export const MAX_CONDITION_DEPTH = 32
export const MAX_MATCH_UNITS = 4_096
export const BUCKETS = 100_000
