// npm run test:kill [-- publish] [--every N]: each command is killed by SIGKILL after each of its steps on the disk, or
// after each Nth, from the first on.
import { parseArgs } from 'node:util'
import { DEEDS, openBench } from './deeds.ts'

const AT_ONCE = 2
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' } },
})
const every = Number(values.every)

let failed = 0
for (const deed of DEEDS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const start = performance.now()
  const bench = await openBench(deed)
  let next = 1
  const worker = async () => {
    while (next <= bench.steps) {
      const step = next
      next += every
      await bench.kill(step).catch(error => {
        failed += 1
        console.log(`FAIL ${deed.name}, ${(error as Error).message}`)
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  await bench.close()
  console.log(
    `ok   ${deed.name}: killed after ${Math.ceil(bench.steps / every)} of ${bench.steps} steps (${Math.round((performance.now() - start) / 1000)} s)`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
