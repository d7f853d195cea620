import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type Files, sourceFiles } from '../../src/adapters/serve/files.ts'
import { createHandler, type Handler, type HandlerOptions } from '../../src/adapters/serve/node.ts'
import { base64url, utf8 } from '../../src/base/bytes.ts'

/** Bytes in the form of a head.json. The server reads epoch and sequence out of it and judges nothing. */
export function headFile(sequence: number, filler = ''): Uint8Array {
  const payload = JSON.stringify({ epoch: 1, sequence, expires: '2026-11-22T00:00:00Z', filler })
  const head = JSON.stringify({ payload: base64url(utf8(payload)), signatures: [] })
  return utf8(JSON.stringify({ head, release: 'x'.repeat(300), stops: [] }))
}

export interface FileWorld {
  readonly files: Map<string, Uint8Array>
  readonly store: Files
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  /** Sets the head and tells whoever watches. */
  push(head: Uint8Array, environment?: string): void
  /** The next look at the file finds these bytes, and takes until it is released. */
  hold(path: string, bytes: Uint8Array): { begun(): boolean; release(): void }
  fail: boolean
}

/** One project `shop` whose files are a map; the listeners of its heads are told at once. */
export function fileWorld(entries: Readonly<Record<string, Uint8Array>> = {}): FileWorld {
  const files = new Map(Object.entries(entries))
  const watchers = new Set<readonly [string, (head: Uint8Array) => void]>()
  const asked: string[] = []
  const held = new Map<string, () => Promise<Uint8Array>>()
  const world: FileWorld = {
    files,
    asked,
    fail: false,
    store: sourceFiles({
      shop: {
        async get(path) {
          asked.push(path)
          if (world.fail) throw new Error('disk is gone')
          const slow = held.get(path)
          held.delete(path)
          return slow === undefined ? files.get(path) : slow()
        },
        watch(environment, onHead) {
          const row = [environment, onHead] as const
          watchers.add(row)
          return () => watchers.delete(row)
        },
      },
    }),
    push(head, environment = 'production') {
      files.set(`${environment}/head.json`, head)
      for (const [name, onHead] of watchers) if (name === environment) onHead(head)
    },
    hold(path, bytes) {
      let begun = false
      let release = () => {}
      const released = new Promise<void>(resolve => {
        release = resolve
      })
      held.set(path, async () => {
        begun = true
        await released
        return bytes
      })
      return { begun: () => begun, release }
    },
  }
  return world
}

export interface Running {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly handler: Handler
  close(): Promise<void>
}

export async function listen(options: HandlerOptions): Promise<Running> {
  const handler = createHandler(options)
  const server = createServer(handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    handler,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends these very bytes, which no HTTP library would, and gives what comes back until the other side closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', chunk => {
      answer += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; !(await what()); n++) {
    if (n > 2_000) throw new Error('it did not come about')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
