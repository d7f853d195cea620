import { BUCKETS } from '../../base/limits.ts'
import type { Shape } from './inline.ts'
import type { Answer, Chance, Plan } from './plan.ts'

/** A block of people: along each axis a half-open range of buckets; an axis that is not there is whole. */
type Box = ReadonlyMap<string, readonly [from: number, to: number]>
/** Where a block has to be cut in two before it gives one answer. */
interface Cut {
  readonly dimension: string
  readonly at: number
}

/** Numerators over `BUCKETS ** dimensions`: exact. */
export interface Measure {
  readonly moved: bigint
  /** Half the sum of what the shares of the answers change: the least that can move. */
  readonly minimum: bigint
  readonly before: ReadonlyMap<Answer, bigint>
  readonly after: ReadonlyMap<Answer, bigint>
  readonly whole: bigint
}

/** Far beyond what rules that people write come to; what is left then counts as moved. */
const MAX_BLOCKS = 100_000

/**
 * The exact part of the bucket space that gets another answer, for people of whom the atoms in `holds` are true.
 * Blocks are cut only where a plan asks for it, so that the work follows the borders and not the buckets.
 */
export function measure(before: Plan, after: Plan, holds: ReadonlySet<string>): Measure {
  const axes = new Set([...before.dimensions, ...after.dimensions])
  const whole = BigInt(BUCKETS) ** BigInt(axes.size)
  const shares = { before: new Map<Answer, bigint>(), after: new Map<Answer, bigint>() }
  let moved = 0n
  let blocks = 0
  const todo: Box[] = [new Map()]
  for (let box = todo.pop(); box !== undefined; box = todo.pop()) {
    blocks++
    const first = answerOf(before, box, holds)
    const second = typeof first === 'string' ? answerOf(after, box, holds) : first
    if (typeof first !== 'string' || typeof second !== 'string') {
      if (blocks < MAX_BLOCKS) {
        todo.push(...halves(box, (typeof first === 'string' ? second : first) as Cut))
      } else moved += sizeOf(box, axes.size)
      continue
    }
    const size = sizeOf(box, axes.size)
    shares.before.set(first, (shares.before.get(first) ?? 0n) + size)
    shares.after.set(second, (shares.after.get(second) ?? 0n) + size)
    if (first !== second) moved += size
  }
  return { moved, minimum: leastOf(shares.before, shares.after), ...shares, whole }
}

function leastOf(before: ReadonlyMap<Answer, bigint>, after: ReadonlyMap<Answer, bigint>): bigint {
  let sum = 0n
  for (const answer of new Set([...before.keys(), ...after.keys()])) {
    const change = (after.get(answer) ?? 0n) - (before.get(answer) ?? 0n)
    sum += change < 0n ? -change : change
  }
  return sum / 2n
}

function sizeOf(box: Box, axes: number): bigint {
  let size = BigInt(BUCKETS) ** BigInt(axes - box.size)
  for (const [from, to] of box.values()) size *= BigInt(to - from)
  return size
}

function halves(box: Box, { dimension, at }: Cut): [Box, Box] {
  const [from, to] = box.get(dimension) ?? [0, BUCKETS]
  return [new Map(box).set(dimension, [from, at]), new Map(box).set(dimension, [at, to])]
}

function answerOf(plan: Plan, box: Box, holds: ReadonlySet<string>): Answer | Cut {
  for (const step of plan.steps) {
    const applies = verdictOf(step.when, box, holds)
    if (applies === false) continue
    if (applies !== true) return applies
    const answer = chanceOf(step.then, box)
    if (answer !== undefined) return answer
  }
  return plan.end
}

function chanceOf(chance: Chance, box: Box): Answer | Cut | undefined {
  if ('answer' in chance) return chance.answer
  const { dimension } = chance
  const [low, high] = box.get(dimension) ?? [0, BUCKETS]
  for (const [from, to, answer] of chance.arms) {
    if (to <= low || from >= high) continue
    if (from > low) return { dimension, at: from }
    return to < high ? { dimension, at: to } : answer
  }
  return chance.rest
}

function verdictOf(shape: Shape, box: Box, holds: ReadonlySet<string>): boolean | Cut {
  if ('constant' in shape) return shape.constant
  if ('atom' in shape) return holds.has(shape.atom)
  if ('not' in shape) {
    const verdict = verdictOf(shape.not, box, holds)
    return typeof verdict === 'boolean' ? !verdict : verdict
  }
  if ('dimension' in shape) {
    const [low, high] = box.get(shape.dimension) ?? [0, BUCKETS]
    if (shape.to <= low || shape.from >= high) return false
    if (shape.from > low) return { dimension: shape.dimension, at: shape.from }
    return shape.to < high ? { dimension: shape.dimension, at: shape.to } : true
  }
  const decides = 'any' in shape
  let cut: Cut | undefined
  for (const part of decides ? shape.any : shape.all) {
    const verdict = verdictOf(part, box, holds)
    if (verdict === decides) return decides
    if (typeof verdict !== 'boolean') cut ??= verdict
  }
  return cut ?? !decides
}

/** Percent of the whole, as an exact decimal text. */
export function percentText(part: bigint, whole: bigint): string {
  let digits = ''
  let rest = part * 100n
  const head = rest / whole
  rest %= whole
  // The whole is a power of ten, so this ends.
  while (rest > 0n) {
    rest *= 10n
    digits += String(rest / whole)
    rest %= whole
  }
  return digits === '' ? String(head) : `${head}.${digits}`
}
