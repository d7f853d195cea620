import { afterAll, describe, expect, it } from 'vitest'
import { FAULTS, runFault, runReconnects, runUpdates } from './faults.ts'
import { cleanUp } from './support.ts'

afterAll(cleanUp)

const LASTS_MS = 300
/** 100 ms here. */
const POLL_MS = 2_000

describe('whatever happens, values are right, and the client comes back without a storm', () => {
  it.concurrent.each(FAULTS)('$name', async fault => {
    const { during, after } = await runFault(fault, LASTS_MS, POLL_MS)
    // 300 ms are three intervals, and more on a slow machine; each poll is one request or a few, and retries back off.
    expect(during).toBeLessThan(40)
    expect(after).toBeLessThan(40)
  })
})

describe('nothing is left behind', () => {
  // The long form, with 10,000 updates and 1,000 streams, is `npm run test:faults`.
  it('by updates', async () => {
    const [before, after] = await runUpdates(40, 160)
    expect(after.handles).toBeLessThanOrEqual(before.handles + 2)
  })

  it('by streams that break', async () => {
    const [before, after] = await runReconnects(10, 30)
    expect(after.handles).toBeLessThanOrEqual(before.handles + 4)
  })
})
