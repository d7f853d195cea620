export { EnsignError } from './base/errors.ts'
export type { Floor } from './bundle/memory.ts'
export type { GetOptions, Source } from './bundle/source.ts'
export type { Cache } from './client/cache.ts'
export type { Clock } from './client/clock.ts'
export type { CounterOptions, CountRow, Counts } from './client/counters.ts'
export type { Off } from './client/emitter.ts'
export { type FolderCacheOptions, folderCache } from './client/node/foldercache.ts'
export { folderSource } from './client/node/foldersource.ts'
export { createClient } from './client/node/runtime.ts'
export type { Observation } from './client/observe.ts'
export type { FetchInit, FetchLike, FetchReply, Token } from './client/sources/request.ts'
export type { Status } from './client/status.ts'
export type { AnyTypes, FlagTypes, KnownExplanation, KnownFlags, KnownView, TypedFlags } from './client/typed.ts'
export type {
  ChangeEvent,
  Client,
  ClientEvents,
  ClientOptions,
  ClientProblem,
  InForce,
  LifeCycle,
  Logger,
  Mode,
  Origin,
  Provenance,
  ReadyResult,
  StatusEvent,
  WaitOptions,
} from './client/types.ts'
export type {
  Context,
  EvaluateAllOptions,
  Evaluation,
  Explanation,
  Flags,
  ReleaseInfo,
  Transition,
  View,
} from './rules/flags.ts'
export type { Reason } from './rules/reasons.ts'
export type { RegexEngine } from './rules/regex.ts'
export type { Secret } from './rules/sealed.ts'
export type { Reference, RootPin } from './trust/types.ts'
