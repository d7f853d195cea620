import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { runInThisContext } from 'node:vm'
import type { noticed, Prepared, prepare } from './checks.ts'

interface Checks {
  readonly prepare: typeof prepare
  readonly noticed: typeof noticed
}

function evaluate(code: string): Checks {
  const module = { exports: {} }
  const run = runInThisContext(`(function (module, exports, require) {${code}\n})`)
  run(module, module.exports, createRequire(import.meta.url))
  return module.exports as Checks
}

/** In the child: the first code is unchanged and makes what all others are checked with. */
export function serve(folder: string): void {
  let prepared: Prepared | undefined
  process.on('message', (code: string) => {
    let by: string | null
    try {
      const checks = evaluate(code)
      prepared ??= checks.prepare(folder)
      by = checks.noticed(prepared) ?? null
    } catch {
      by = 'loading'
    }
    process.send!({ by })
  })
}

/** Runs one code at a time and gives up a child that does not come back. */
interface Runner {
  run(code: string): Promise<string | null>
  end(): void
}

export function createRunner(self: string, unchanged: string, timeout: () => number): Runner {
  let child: ChildProcess | undefined
  let answer: (by: string | null) => void = () => {}

  function start(): ChildProcess {
    const started = fork(self, ['--worker'], { execArgv: ['--max-old-space-size=1024'] })
    started.on('message', ({ by }: { by: string | null }) => answer(by))
    started.on('exit', () => {
      if (child !== started) return
      child = undefined
      answer('crash')
    })
    return started
  }

  function ask(code: string, ms: number): Promise<string | null> {
    const asked = child!
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        child = undefined
        asked.kill('SIGKILL')
        resolve('time')
      }, ms)
      answer = by => {
        clearTimeout(timer)
        resolve(by)
      }
      asked.send(code)
    })
  }

  return {
    async run(code) {
      if (child === undefined) {
        child = start()
        const by = await ask(unchanged, 120_000)
        if (by !== null) throw new Error(`the unchanged sources fail: ${by}`)
      }
      return ask(code, timeout())
    },
    end() {
      const ended = child
      child = undefined
      ended?.kill()
    },
  }
}
