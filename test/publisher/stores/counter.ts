import { utf8 } from '../../../src/base/bytes.ts'
import { isConflict } from '../../../src/publisher/stores/files.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'

const store = folderStore(process.argv[2]!)
for (;;) {
  const there = (await store.get('count'))!
  const next = Number(new TextDecoder().decode(there.bytes)) + 1
  try {
    await store.put('count', utf8(String(next)), { ifMatch: there.tag })
    process.stdout.write('.')
  } catch (error) {
    if (!isConflict(error)) throw error
  }
}
