/**
 * `npm run test:faults`: every fault for five seconds, then 10,000 updates and 1,000 broken streams; some minutes.
 * With `--short`, as a build runs it: two seconds, six of them at a time, and a fifth of the rest.
 */
import { FAULTS, type Measured, type Passed, runFault, runReconnects, runUpdates } from '../test/client/faults.ts'

const short = process.argv.includes('--short')
const LASTS_MS = short ? 2_000 : 5_000
const AT_ONCE = short ? 6 : 1
const SHARE = short ? 0.2 : 1
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

const most = (LASTS_MS * 20) / POLL_MS
const passed: Passed[] = []
for (let n = 0; n < FAULTS.length; n += AT_ONCE) {
  const some = FAULTS.slice(n, n + AT_ONCE)
  passed.push(...(await Promise.all(some.map(fault => runFault(fault, LASTS_MS, POLL_MS)))))
}
for (const { name, during, after, intervals } of passed) {
  check(during <= 6 * most, `${name}: ${during} requests in ${most} poll intervals`)
  check(intervals <= MOST_INTERVALS, `${name}: back after ${intervals.toFixed(2)} intervals, ${after} requests`)
}
leaks(`${10_000 * SHARE} updates`, await runUpdates(2_000 * SHARE, 8_000 * SHARE))
leaks(`${1_000 * SHARE} broken streams`, await runReconnects(200 * SHARE, 800 * SHARE))
process.exitCode = failed === 0 ? 0 : 1
