// The few words of vitest that test/rules uses, so that a test file runs in one process against a changed source.
import { isDeepStrictEqual } from 'node:util'

interface Test {
  readonly name: string
  readonly run: () => unknown
  readonly after: (() => void)[]
}
const tests: Test[] = []
const after: (() => void)[] = []

export function describe(_name: string, body: () => void): void {
  const before = after.length
  body()
  after.length = before
}
export function afterEach(run: () => void): void {
  after.push(run)
}
export function it(name: string, run: () => unknown): void {
  tests.push({ name, run, after: [...after] })
}

it.each =
  <Row>(rows: readonly Row[]) =>
  (name: string, run: (...row: unknown[]) => unknown): void => {
    for (const row of rows) it(name, () => run(...(Array.isArray(row) ? row : [row])))
  }

/** The name of the first test that fails. */
export function firstFailing(): string | undefined {
  for (const { name, run, after } of tests) {
    try {
      run()
    } catch {
      return name
    } finally {
      for (const one of after) one()
    }
  }
  return undefined
}

/** As `toEqual` sees it: without members that are undefined, and whatever the prototype is. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(bare)
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return new Map(entries.map(([name, member]) => [name, bare(member)]))
}
const isEqual = (a: unknown, b: unknown) => isDeepStrictEqual(bare(a), bare(b))

function includes(value: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return isEqual(value, part)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(part).every(([name, member]) => includes((value as Record<string, unknown>)[name], member))
}

/** What it throws; nothing where it does not. */
function told(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

export function expect(value: unknown, _about?: string) {
  const verdicts = (wanted: boolean) => {
    const must = (verdict: boolean) => {
      if (verdict !== wanted) throw new Error('not as expected')
    }
    return {
      toBe: (other: unknown) => must(Object.is(value, other)),
      toEqual: (other: unknown) => must(isEqual(value, other)),
      toMatchObject: (part: unknown) => must(includes(value, part)),
      toContain: (member: unknown) => must((value as unknown[]).includes(member)),
      toThrow: (words: string) => must(told(value as () => unknown).includes(words)),
      toBeDefined: () => must(value !== undefined),
      toBeUndefined: () => must(value === undefined),
      toBeLessThan: (bound: number) => must((value as number) < bound),
      toBeGreaterThan: (bound: number) => must((value as number) > bound),
    }
  }
  return { ...verdicts(true), not: verdicts(false) }
}
