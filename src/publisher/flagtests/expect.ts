import type { Json } from '../../base/json.ts'
import { sameJson } from '../../base/samejson.ts'
import type { Explanation } from '../../rules/flags.ts'
import type { Flag } from '../../rules/types.ts'
import type { ExpectBlock, TestBlock } from '../workspace/types.ts'
import type { TestResult } from './types.ts'

type Mismatch = TestResult['mismatches'][number]

/** What differs between what a test expects and what the engine said. `ruleOf` gives a rule's id in the file. */
export function mismatchesOf(
  expect: TestBlock['expect'],
  flag: Flag,
  actual: Explanation,
  ruleOf: (id: string) => string,
): Mismatch[] {
  const block: ExpectBlock = typeof expect === 'object' ? expect : { variant: expect }
  const mismatches: Mismatch[] = []
  for (const [member, expected] of Object.entries(block) as [keyof ExpectBlock, Json][]) {
    const value = actualOf(member, actual)
    if (!FITS[member]?.(expected, value, flag, ruleOf) && !sameJson(expected, value)) {
      mismatches.push({ member, expected, actual: value })
    }
  }
  return mismatches
}

function actualOf(member: keyof ExpectBlock, actual: Explanation): Json {
  return (actual[member] as Json | undefined) ?? null
}

type Fits = (expected: Json, actual: Json, flag: Flag, ruleOf: (id: string) => string) => boolean

/** Where more than the same value is right. */
const FITS: Partial<Record<keyof ExpectBlock, Fits>> = {
  // On a boolean flag true and false stand for the variants of that value.
  variant: (expected, actual, flag) =>
    typeof expected === 'boolean' && flag.variants.some(([name, value]) => name === actual && value === expected),
  // A rule that expands to several is known by the id in its file too.
  rule: (expected, actual, _, ruleOf) => typeof actual === 'string' && ruleOf(actual) === expected,
}
