import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { FromServer, Started, ToServer } from './load-server.ts'

/** Another process of a load script: it says once that it runs, and then answers one message after the other. */
export interface Child<Asked, Answered, Began> {
  readonly started: Began
  ask<Answer extends Answered>(message: Asked): Promise<Answer>
  stop(): Promise<void>
}

export async function startChild<Asked extends object, Answered, Began>(
  script: string,
  args: readonly string[] = [],
): Promise<Child<Asked, Answered, Began>> {
  const folder = import.meta.dirname
  const child: ChildProcess = fork(join(folder, 'run.mjs'), [join(folder, script), ...args], {
    execArgv: ['--expose-gc'],
  })
  const next = <Answer>() => new Promise<Answer>(resolve => child.once('message', answer => resolve(answer as Answer)))
  const started = await next<Began>()
  return {
    started,
    ask(message) {
      const answer = next<never>()
      child.send(message)
      return answer
    },
    stop() {
      const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
      child.send({ stop: true })
      return gone
    },
  }
}

/** The server of the load scripts, started in a second process. */
export interface LoadServer extends Started {
  ask<Answer extends FromServer>(message: ToServer): Promise<Answer>
  stop(): Promise<void>
}

export async function startLoadServer(): Promise<LoadServer> {
  const { started, ask, stop } = await startChild<ToServer, FromServer, Started>('load-server.ts')
  return { ...started, ask, stop }
}

/** Milliseconds that all processes of this machine agree on. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now()
}

export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
