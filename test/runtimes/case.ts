/** A check that needs no test runner, so that it runs wherever JavaScript does. It fails by throwing. */
export interface Case {
  readonly name: string
  readonly run: () => Promise<void>
}

/** Compares what JSON can hold; the order of members does not count. */
export function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [print(actual), print(expected)]
  if (found !== wanted) throw new Error(`found ${found}, expected ${wanted}`)
}

function print(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${print(member)}`)
  return `{${members.sort().join(',')}}`
}

/** The code of the EnsignError that the work ends with; anything else that is thrown goes on. */
export async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'ok'
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
    throw error
  }
}
