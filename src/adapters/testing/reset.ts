/** What vitest, jest and node:test call `afterEach`. */
export type AfterEach = (run: () => void) => unknown

/**
 * Puts fakes back after each test of the file or the block it is called in. The runner's own function is passed, so
 * that this works with every runner: `resetAfterEach(afterEach, flags)`.
 */
export function resetAfterEach(afterEach: AfterEach, ...fakes: readonly { reset(): void }[]): void {
  afterEach(() => {
    for (const fake of fakes) fake.reset()
  })
}
