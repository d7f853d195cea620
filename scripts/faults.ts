/** `npm run test:faults`: every fault for longer, then 10,000 updates and 1,000 broken streams. Takes some minutes. */
import { FAULTS, type Measured, runFault, runReconnects, runUpdates } from '../test/client/faults.ts'

const LASTS_MS = 5_000
/** Timers run twenty times as fast: half a second. */
const POLL_MS = 10_000
const MOST_INTERVALS = 2
const MB = 1024 * 1024
const MOST_GROWTH = 3 * MB

let failed = 0
const check = (holds: boolean, what: string) => {
  if (!holds) failed += 1
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
}
const leaks = (what: string, [before, after]: readonly [Measured, Measured]) => {
  const growth = after.heap - before.heap
  check(growth < MOST_GROWTH, `${what}: heap ${(before.heap / MB).toFixed(1)} -> ${(after.heap / MB).toFixed(1)} MB`)
  check(after.handles <= before.handles + 4, `${what}: handles ${before.handles} -> ${after.handles}`)
}

for (const fault of FAULTS) {
  const { name, during, after, intervals } = await runFault(fault, LASTS_MS, POLL_MS)
  const most = (LASTS_MS * 20) / POLL_MS
  check(during <= 6 * most, `${name}: ${during} requests in ${most} poll intervals`)
  check(intervals <= MOST_INTERVALS, `${name}: back after ${intervals.toFixed(2)} intervals, ${after} requests`)
}
leaks('10,000 updates', await runUpdates(2_000, 8_000))
leaks('1,000 broken streams', await runReconnects(200, 800))
process.exitCode = failed === 0 ? 0 : 1
