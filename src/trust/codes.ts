import type { CodeTable } from '../base/errors.ts'

/** Codes of signed statements, keys and roots. */
export const TRUST_CODES = {
  envelope: {
    cause: 'A statement is not in its one byte form: payload and signatures, in order, without white space.',
    cure: 'Send the file exactly as it was published; no tool may reformat it.',
  },
  header: {
    cause: 'A signature header is not alg, iat, kid and typ of an allowed algorithm and of this kind of statement.',
    cure: 'Sign with `ensign`; a header has no other member and no other order.',
  },
  signature: {
    cause: 'A known key has a signature here that does not verify.',
    cure: 'The bytes were changed, or signed by something else. Fetch them again; if that repeats, look for tampering.',
  },
  duplicate_signature: { cause: 'One key signed twice.', cure: 'Keep one signature of each key.' },
  too_many_signatures: { cause: 'More than 16 signatures.', cure: 'Keep the signatures that count.' },
  schema: {
    cause: 'The payload, or the `memory` that was given, is not of its closed shape.',
    cure: 'The place is named; the shapes are in the trust specification.',
  },
  spec: { cause: 'The statement is of another version of the format.', cure: 'Update this library.' },
  wrong_project: {
    cause: 'The statement is of another project.',
    cure: 'Check the configured project and the URL or file that it is read from.',
  },
  wrong_environment: {
    cause: 'The statement is of another environment.',
    cure: 'Check the configured environment and the URL or file that it is read from.',
  },
  wrong_genesis: {
    cause: 'The statement is of another lineage of roots, such as a rehearsal with the same names.',
    cure: 'Check which root is pinned.',
  },
  threshold: {
    cause: 'Not enough of the people or machines who may sign this did so.',
    cure: 'Collect the missing signatures; one person counts once, and the author does not count as approver.',
  },
  key: {
    cause: 'A key is not a public key in its one form, or not a point of its curve.',
    cure: 'Export the public half as a JWK with crv, kid, kty, x (and y) only.',
  },
  key_alg: { cause: 'A key is neither Ed25519 nor P-256.', cure: 'Make a key with `ensign keys new`.' },
  unsupported_runtime: {
    cause: 'The WebCrypto of this runtime lacks Ed25519 or P-256.',
    cure: 'Use Node 20.19, Deno, Bun, workerd or a browser of 2025 or later.',
  },
  kid_not_thumbprint: {
    cause: 'A kid is not the RFC 7638 thumbprint of its key.',
    cure: 'Write the thumbprint as kid; `ensign` does so.',
  },
  weak_key: {
    cause: 'An Ed25519 key is a point of small order, under which anybody can forge.',
    cure: 'Make a new key, and ask where this one came from.',
  },
  duplicate_key: {
    cause: 'A key belongs to two people, or did in an earlier root, or is also the key of a log.',
    cure: 'Make a key of their own for each person, machine and log.',
  },
  unknown_person: {
    cause: 'A list names someone who is not among the people.',
    cure: 'Add the person, or correct the id.',
  },
  role_conflict: {
    cause:
      'Roles that must be apart meet: a publisher with another role, a machine that approves, or an unapproved machine author.',
    cure: 'Give the publish role to a machine of its own, and let people approve.',
  },
  impossible_threshold: {
    cause: 'A threshold or number of approvals is higher than the people who could meet it.',
    cure: 'Lower it or name more people.',
  },
  root_digest: { cause: 'The first root is not the pinned one.', cure: 'Check the pin and the source.' },
  root_missing: { cause: 'The pinned root was not found.', cure: 'Pin the statement itself, or restore the file.' },
  root_version: { cause: 'A root is not the one right after its predecessor.', cure: 'Publish every root in order.' },
  root_fork: {
    cause: 'A root names another predecessor, or differs from the one seen before.',
    cure: 'Find out who signed two roots of one version.',
  },
  root_rollback: {
    cause: 'The newest root is older than the one seen before.',
    cure: 'Restore the missing roots in the store; look for an old mirror.',
  },
  root_epoch: {
    cause: 'An epoch fell or jumped, or a log origin changed without a new epoch or stayed with one.',
    cure: 'Raise the epoch by exactly one and give the log a new origin with it.',
  },
  root_standing: {
    cause: 'The standing state vanished, went back, or forked within an epoch.',
    cure: 'Let the root vouch for what is in force.',
  },
  threshold_old: {
    cause: 'Too few root members of the root before signed this one.',
    cure: 'Collect signatures of the old members too.',
  },
  threshold_new: {
    cause: 'Too few root members of the new root signed it.',
    cure: 'Collect signatures of the new members too.',
  },
  too_many_roots: {
    cause: 'The chain of roots is longer than 1,024 hops.',
    cure: 'Pin a newer root in the application.',
  },
  unknown_environment: {
    cause: 'The newest root has no such environment.',
    cure: 'Check the configured environment, or add it to the root.',
  },
  signer: {
    cause: 'A signer returned something that is no signature of its own key.',
    cure: 'Check which key the service holds, and that it signs the bytes it is given.',
  },
  key_file: {
    cause: 'A key file cannot be opened: wrong passphrase, or not a key file.',
    cure: 'Check passphrase and path.',
  },
} as const satisfies CodeTable
