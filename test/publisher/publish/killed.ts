import { readFileSync } from 'node:fs'
import { submitStop } from '../../../src/publisher/publish/submit.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'
import { localSigner, type PrivateJwk } from '../../../src/trust/signer.ts'

/** Publishes a stop and kills itself right after its n-th write, or not at all with 0. */
interface Order {
  readonly folder: string
  readonly root: string
  readonly stop: string
  readonly now: number
  readonly keys: { readonly head: PrivateJwk; readonly log: PrivateJwk }
}

const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Order
const at = Number(process.argv[3])
const store = folderStore(order.folder)
let writes = 0
const receipt = await submitStop(
  {
    store: {
      ...store,
      async put(path, bytes, condition) {
        const tag = await store.put(path, bytes, condition)
        if (++writes === at) process.kill(process.pid, 'SIGKILL')
        return tag
      },
    },
    project: 'shop',
    environment: 'production',
    root: Buffer.from(order.root, 'base64'),
    now: () => order.now,
    keys: { head: await localSigner(order.keys.head, 'publisher'), log: await localSigner(order.keys.log, 'log') },
  },
  Buffer.from(order.stop, 'base64'),
)
console.log(JSON.stringify({ writes, size: receipt.log.size, outcome: receipt.outcome }))
