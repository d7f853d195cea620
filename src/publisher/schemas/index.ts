import { FLAG_SCHEMA } from './flag.ts'
import {
  ATTRIBUTES_SCHEMA,
  HOLDOUT_SCHEMA,
  LAYER_SCHEMA,
  PEOPLE_SCHEMA,
  PROJECT_SCHEMA,
  SEGMENT_SCHEMA,
  TESTS_SCHEMA,
} from './others.ts'
import { POLICY_SCHEMA } from './policy.ts'
import type { Schema } from './shared.ts'

/** One schema for each kind of file; published as `schemas/{kind}.json`, for editors. */
export const SCHEMAS = {
  project: PROJECT_SCHEMA,
  attributes: ATTRIBUTES_SCHEMA,
  people: PEOPLE_SCHEMA,
  policy: POLICY_SCHEMA,
  flag: FLAG_SCHEMA,
  segment: SEGMENT_SCHEMA,
  layer: LAYER_SCHEMA,
  holdout: HOLDOUT_SCHEMA,
  tests: TESTS_SCHEMA,
} as const satisfies Readonly<Record<string, Schema>>

export type FileKind = keyof typeof SCHEMAS
