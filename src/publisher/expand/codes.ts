import type { CodeTable } from '../../base/errors.ts'

/** What can be wrong in a file that is well formed by itself. */
export const EXPAND_CODES = {
  unknown_variant: { cause: 'A variant that the flag does not have.', cure: 'Name one of its variants.' },
  unknown_unit: {
    cause: 'A unit that is neither in ensign.yaml nor an attribute.',
    cure: 'Name one of the units of ensign.yaml, or an attribute.',
  },
  unknown_attribute: {
    cause: 'An attribute that attributes.yaml does not list.',
    cure: 'Correct the name, or add the attribute to attributes.yaml.',
  },
  unknown_value: {
    cause: 'A value that attributes.yaml does not list for the attribute.',
    cure: 'Correct it, or add it to the values of the attribute.',
  },
  unknown_segment: { cause: 'There is no such segment.', cure: 'Correct the key, or write segments/KEY.yaml.' },
  unknown_requirement: {
    cause: 'A flag is read that does not exist in this environment.',
    cure: 'Correct the key, or give that flag a block for the environment.',
  },
  unknown_layer: { cause: 'There is no such layer.', cure: 'Correct the key, or write layers/KEY.yaml.' },
  unknown_holdout: { cause: 'There is no such holdout.', cure: 'Correct the key, or write holdouts/KEY.yaml.' },
  no_slot: { cause: 'The layer has no slot for the experiment.', cure: 'Add a slot to the layer.' },
  rule_outcome: {
    cause: 'A rule has no outcome, or several.',
    cure: 'Give it exactly one of serve, fallback, rollout, split, ramp, experiment, targets.',
  },
  duplicate_rule: { cause: 'Two rules of a flag have one id.', cure: 'Give each rule an id of its own.' },
  duplicate_variant: { cause: 'Two variants of a flag have one name.', cure: 'Give each variant a name of its own.' },
  variants_missing: {
    cause: 'The flag has no variants.',
    cure: 'List its variants; only a boolean flag may leave them out.',
  },
  value_type: {
    cause: 'A variant has a value that is not of the type of the flag.',
    cure: 'Change the value or the type.',
  },
  off_variant: {
    cause: 'The off variant is missing, unknown, or not false on a boolean flag.',
    cure: 'Name the variant that stands for off; on a boolean flag the one that is false.',
  },
  weights: {
    cause: 'Weights do not add up to 100 percent.',
    cure: 'Make them add up to 100, or say with `rest` what everyone else gets.',
  },
  rest_next: { cause: '`rest: next` where no rule follows.', cure: 'Name a variant, or write `rest: fallback`.' },
  ramp_order: { cause: 'The steps of a ramp are not in order of time.', cure: 'Sort them.' },
  same_salt: {
    cause: 'A split stands under a bucket condition with the same salt and unit, so that its arms are cut off.',
    cure: 'Give one of the two a salt of its own.',
  },
  operand_type: {
    cause: 'A comparison that never fits the type of its attribute.',
    cure: 'Take an operator or operand of the type of the attribute.',
  },
  sealed_operator: {
    cause: 'A sealed attribute can only be compared for equality.',
    cure: 'Use eq, in or exists.',
  },
  secret_missing: {
    cause: 'A value has to be sealed and its secret is not here.',
    cure: 'Give the secret in ENSIGN_SECRET_NAME, base64url.',
  },
  time: { cause: 'A time that does not exist.', cure: 'Write a time such as "2026-12-01T09:00:00Z".' },
  condition: { cause: 'A condition that cannot be read.', cure: 'Write what the message says.' },
  layout_stale: {
    cause: 'The weights of a split have changed and its layout has not.',
    cure: 'Run `ensign fmt`, which lays them out anew so that the fewest people move.',
  },
} as const satisfies CodeTable

export type ExpandCode = keyof typeof EXPAND_CODES
