export type { Engine, EngineOptions, StopInForce } from './engine.ts'
export type {
  Context,
  EvaluateAllOptions,
  Evaluation,
  Explanation,
  Flags,
  ReleaseInfo,
  Transition,
  View,
} from './flags.ts'
export { bucketOf, murmur3, partOf, seedOf } from './hash.ts'
export { OUTCOMES, type OutcomeRow, outcomeRow } from './outcomes.ts'
export type { Problem } from './problems.ts'
export type { OutcomeName, Reason } from './reasons.ts'
export type { RegexEngine } from './regex.ts'
export { type Secret, seal } from './sealed.ts'
export type * from './types.ts'
export { loadUnsignedRules, type UnsignedOptions } from './unsigned.ts'
