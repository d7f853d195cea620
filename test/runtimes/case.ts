/** A check that needs no test runner, so that it runs wherever JavaScript does. It fails by throwing. */
export interface Case {
  readonly name: string
  readonly run: () => Promise<void>
}

export function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`found ${found}, expected ${wanted}`)
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
