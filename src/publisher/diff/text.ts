import type { AttributeName, Condition, Flag, Outcome } from '../../rules/types.ts'
import { sizeOf } from '../layout/arms.ts'
import { percentOf } from '../layout/weights.ts'

/** Conditions and outcomes in words, for people who read a difference or an explanation. */

const LONG = 5
const WORDS: Readonly<Record<string, string>> = {
  eq: 'is',
  in: 'in',
  has: 'has',
  startsWith: 'starts with',
  endsWith: 'ends with',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
}

export function nameText(name: AttributeName): string {
  return typeof name === 'string' ? name : name.join('.')
}

export function conditionText(condition: Condition): string {
  if ('all' in condition) return condition.all.length === 0 ? 'everyone' : condition.all.map(inner).join(' and ')
  if ('any' in condition) return condition.any.length === 0 ? 'nobody' : condition.any.map(inner).join(' or ')
  if ('not' in condition) return `not ${inner(condition.not)}`
  if ('assume' in condition) return `${inner(condition.of)} (where unknown: ${condition.assume})`
  if ('segment' in condition) return `segment ${condition.segment}`
  if ('flag' in condition) return `flag ${condition.flag} is ${condition.is.join(' or ')}`
  if ('bucket' in condition) {
    const { by, salt, from, to } = condition.bucket
    return `bucket of ${nameText(by)} under "${salt}" in ${percentOf(from)}% to ${percentOf(to)}%`
  }
  if ('from' in condition) return `from ${condition.from}`
  if ('until' in condition) return `until ${condition.until}`
  const { attr, ignoreCase, ...test } = condition
  const [operator, operand] = Object.entries(test)[0] as [string, unknown]
  const fold = ignoreCase === true ? ' (ignoring case)' : ''
  const name = nameText(attr)
  if (operator === 'exists') return `${name} ${operand === true ? 'exists' : 'is missing'}`
  if (operator === 'sealed')
    return `${name} is one of ${(operand as { values: readonly unknown[] }).values.length} sealed`
  return `${name} ${WORDS[operator] ?? operator} ${operandText(operand)}${fold}`
}

function inner(condition: Condition): string {
  const several = ('all' in condition && condition.all.length > 1) || ('any' in condition && condition.any.length > 1)
  return several ? `(${conditionText(condition)})` : conditionText(condition)
}

function operandText(operand: unknown): string {
  if (!Array.isArray(operand)) return typeof operand === 'string' ? operand : JSON.stringify(operand)
  const shown = operand.slice(0, LONG).map(String).join(', ')
  return operand.length > LONG ? `[${shown} and ${operand.length - LONG} more]` : `[${shown}]`
}

export function variantName(flag: Flag, index: number | null): string {
  return index === null ? "the caller's fallback" : (flag.variants[index]?.[0] ?? `variant ${index}`)
}

export function outcomeText(flag: Flag, outcome: Outcome): string {
  if ('serve' in outcome) return variantName(flag, outcome.serve)
  if ('fallback' in outcome) return "the caller's fallback"
  const { by, rest } = outcome.split
  const shares = [...sharesOf(flag, outcome)].map(([name, buckets]) => `${name} ${percentOf(buckets)}%`)
  const others =
    rest === 'next'
      ? 'others go on'
      : `others ${rest === 'fallback' ? "the caller's fallback" : variantName(flag, rest)}`
  const whole = [...sharesOf(flag, outcome).values()].reduce((sum, size) => sum + size, 0) === 100_000
  return `${shares.length === 0 ? 'nobody' : shares.join(', ')} by ${nameText(by)}${whole ? '' : `, ${others}`}`
}

/** Buckets by the name of the variant; a plain outcome has all of them. */
export function sharesOf(flag: Flag, outcome: Outcome): Map<string, number> {
  if (!('split' in outcome)) return new Map([[outcomeText(flag, outcome), 100_000]])
  const shares = new Map<string, number>()
  for (const [from, to, index] of outcome.split.arms) {
    const name = variantName(flag, index)
    shares.set(name, (shares.get(name) ?? 0) + sizeOf([[from, to]]))
  }
  return shares
}
