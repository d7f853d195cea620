import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'

/** `ensign serve` as a process that is killed without a word and started again on the same port. */
export interface Server {
  readonly name: string
  readonly port: number
  readonly kills: () => number
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

export function createServerProcess(name: string, port: number, script: string, args: readonly string[]): Server {
  let child: ChildProcess | undefined
  let kills = 0
  let errors = ''

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise(resolve => running.once('exit', resolve))
    running.kill(signal)
    await gone
  }
  return {
    name,
    port,
    kills: () => kills,
    async kill() {
      kills++
      await end('SIGKILL')
    },
    async start() {
      const all = [script, 'serve', ...args, '--port', String(port), '--log', 'errors', '--grace', '1']
      child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout!.resume()
      child.stderr!.on('data', chunk => {
        errors = (errors + chunk).slice(-2_000)
      })
      for (let n = 0; n < 600; n++) {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${errors}`)
        if (await listens(port)) return
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      throw new Error(`${name} does not listen: ${errors}`)
    },
    stop: () => end('SIGTERM'),
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
