import { type Bundle, type BundleOptions, openBundleWith } from './bundle/openbundle.ts'
import type { Schema } from './rules/flags.ts'

/** Verifies the bytes of a bundle.ndjson and gives its flags; throws an `EnsignError` for anything that is not right. */
export function openBundle<S = Schema>(bytes: Uint8Array, options: BundleOptions): Promise<Bundle<S>> {
  return openBundleWith<S>(bytes, { ...options, now: options?.now ?? Date.now })
}

export { EnsignError } from './base/errors.ts'
export type { Floor, Memory } from './bundle/memory.ts'
export type { Bundle, BundleOptions } from './bundle/openbundle.ts'
export type { Provenance } from './bundle/provenance.ts'
export type { Context, Evaluation, Explanation, Flags, ReleaseInfo, Schema, Transition, View } from './rules/flags.ts'
export type { RegexEngine } from './rules/regex.ts'
export type { RootPin } from './trust/types.ts'
