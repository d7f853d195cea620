import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'

const run = promisify(execFile)

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly env?: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly steps: readonly Step[] }>>
}

export interface Forge {
  /** An empty folder to work in. */
  readonly folder: string
  /** A bare repository, which jobs check out. */
  readonly origin: string
  /** Programs that stand before those of the system. */
  readonly bin: string
  /** What `${{ name }}` stands for. */
  readonly values: Readonly<Record<string, string>>
}

/**
 * Runs the jobs of a workflow that an event starts, as a runner does: each in a fresh checkout and an empty home, each
 * step by `bash -e`, with the environment that the file gives it. `uses: actions/checkout` is a clone; no other is known.
 */
export async function runWorkflow(text: string, event: string, forge: Forge): Promise<readonly string[]> {
  const { jobs, env = {} } = parse(text) as Workflow
  const values: Readonly<Record<string, string>> = { ...forge.values, 'github.event_name': event }
  const fill = (template: string) =>
    template.replaceAll(/\$\{\{ (\S+) \}\}/g, (_, name: string) => {
      if (values[name] === undefined) throw new Error(`nobody has set ${name}`)
      return values[name]
    })
  const filled = (table: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(table).map(([name, template]) => [name, fill(template)]))
  const ran: string[] = []
  for (const [name, job] of Object.entries(jobs)) {
    if (!holds(job.if, values)) continue
    const home = mkdtempSync(join(forge.folder, `${name}-`))
    const checkout = join(home, 'checkout')
    mkdirSync(join(home, 'temp'))
    const shared = {
      PATH: `${forge.bin}:${process.env.PATH}`,
      HOME: home,
      RUNNER_TEMP: join(home, 'temp'),
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
      CI: 'true',
      npm_config_offline: 'true',
      npm_config_cache: join(forge.folder, 'npm-cache'),
      ...filled(env),
    }
    for (const step of job.steps) {
      if (step.uses !== undefined) {
        if (!step.uses.startsWith('actions/checkout@')) throw new Error(`no runner here has ${step.uses}`)
        await run('git', ['clone', '-q', forge.origin, checkout])
        continue
      }
      const script = join(home, 'temp', 'step.sh')
      writeFileSync(script, step.run!)
      await run('bash', ['-e', script], { cwd: checkout, env: { ...shared, ...filled(step.env ?? {}) } })
    }
    ran.push(name)
  }
  return ran
}

/** The one form of a condition that examples use. */
function holds(condition: string | undefined, values: Readonly<Record<string, string>>): boolean {
  if (condition === undefined) return true
  const [, name, wanted] = /^(\S+) == '([^']*)'$/.exec(condition) ?? []
  if (name === undefined) throw new Error(`a condition that nothing here reads: ${condition}`)
  return values[name] === wanted
}
