import type { CodeTable } from '../../base/errors.ts'

/** Codes of signing with keys that are elsewhere. */
export const SIGNER_CODES = {
  signer_command: {
    cause: 'The external signing command could not be run, failed, took too long or answered with too much.',
    cure: 'Run it by hand: bytes go in on standard input, the signature comes out on standard output.',
  },
  signer_unknown: {
    cause: 'It is not clear whose key this is: nobody, or several keys, fit.',
    cure: 'Say who signs with --as, and which key with --kid; the key must be in the newest root.',
  },
  passphrase_missing: {
    cause: 'The key file is encrypted, and there is no passphrase.',
    cure: 'Set ENSIGN_PASSPHRASE, or run it on a terminal and be asked.',
  },
} as const satisfies CodeTable
