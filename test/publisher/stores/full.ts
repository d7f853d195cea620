import { utf8 } from '../../../src/base/bytes.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'
import { withLock } from '../../../src/publisher/stores/lock.ts'

/** Run where no file may hold a byte. What fails is told, and nothing else ends the process. */
const directory = process.argv[2]!
const store = folderStore(directory)
const bytes = utf8('one')
const letGo = store.stage!([bytes, utf8('two')])
const told: unknown[] = []
const fails = async (work: () => Promise<unknown>) => {
  await work().catch(error => told.push((error as { code?: string }).code))
}
await fails(() => store.put('a', bytes, { ifNoneMatch: true }))
await fails(() => store.put('b', new Uint8Array(100_000), { ifNoneMatch: true }))
await fails(() => withLock(`${directory}/.ensign/lock`, async () => undefined))
letGo()
process.stdout.write(told.join())
