// npm run test:kill [-- publish]: each command is killed by SIGKILL after each of its steps on the disk.
import { DEEDS, openBench } from './deeds.ts'

const AT_ONCE = 2
const wanted = process.argv.slice(2)

let failed = 0
for (const deed of DEEDS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const start = performance.now()
  const bench = await openBench(deed)
  let next = 1
  const worker = async () => {
    while (next <= bench.steps) {
      await bench.kill(next++).catch(error => {
        failed += 1
        console.log(`FAIL ${deed.name}, ${(error as Error).message}`)
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  await bench.close()
  console.log(
    `ok   ${deed.name}: killed after each of ${bench.steps} steps (${Math.round((performance.now() - start) / 1000)} s)`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
