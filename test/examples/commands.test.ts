import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { EXAMPLES } from './shop.ts'

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'ensign-commands-'))
const enders: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of enders) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** A workspace fresh from `ensign init`, and a shell in it. The forge's own programs only note what they were asked. */
async function workspace(name: string) {
  const dir = join(folder, name)
  const bin = join(dir, '.bin')
  mkdirSync(bin, { recursive: true })
  const script = (file: string, text: string) => writeFileSync(join(bin, file), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  script('ensign', `exec node ${MAIN} "$@"`)
  script('npx', 'exec "$@"')
  for (const one of ['npm', 'git', 'gh']) script(one, `echo "${one} $*" >> ${dir}/forge.log`)
  const shell = async (text: string, env: Readonly<Record<string, string>> = {}) => {
    const all = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1', RUNNER_TEMP: dir, ...env }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', text], { cwd: dir, env: all })
    return stdout
  }
  await shell('ensign init --project shop')
  return { dir, shell }
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { run?: string; env?: Record<string, string> }[] }>>
}

async function serve(dir: string): Promise<string> {
  const keys = ['--publish-key', 'keys/publisher.jwk', '--log-key', 'keys/log-production.jwk']
  const about = ['--root', 'roots/1.json', '--project', 'shop', '-e', 'production', '--port', '0', '--log', 'errors']
  const child = spawn(process.execPath, [MAIN, 'serve', 'store', ...keys, ...about], { cwd: dir })
  enders.push(() => {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    return gone
  })
  return new Promise((resolve, reject) => {
    child.stdout.once('data', chunk => resolve(/http:\S+/.exec(String(chunk))![0]))
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
  })
}

describe('examples of commands', () => {
  it('kms.sh', async () => {
    const { dir, shell } = await workspace('kms')
    await shell(readFileSync(join(EXAMPLES, 'kms.sh'), 'utf8'))
    expect(await shell('ensign status -e production')).toContain('release 1')
    const verify = 'ensign verify store --root roots/1.json --project shop -e production'
    expect(await shell(verify)).toMatch(/root 2[\s\S]+release 1 by alice/)
    expect(existsSync(join(dir, 'changes/from-kms'))).toBe(true)
  }, 60_000)

  it('github-actions.yaml', async () => {
    const { dir, shell } = await workspace('actions')
    const url = await serve(dir)
    const values: Readonly<Record<string, string>> = {
      'vars.ENSIGN_URL': url,
      'vars.ENSIGN_AUTHOR': 'alice',
      'secrets.ENSIGN_AUTHOR_KEY': readFileSync(join(dir, 'keys/alice.jwk'), 'utf8'),
      'secrets.ENSIGN_PASSPHRASE': '',
      'github.run_id': '77',
      'github.event.number': '12',
      'github.token': 'none',
      'github.event.head_commit.message': 'the new checkout for a tenth',
      'inputs.id': 'change-77',
    }
    const fill = (text: string) => text.replaceAll(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name]!)
    const { jobs } = parse(readFileSync(join(EXAMPLES, 'github-actions.yaml'), 'utf8')) as Workflow
    const play = async (job: string) => {
      for (const step of jobs[job]!.steps) {
        const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]))
        if (step.run !== undefined) await shell(step.run, { ENSIGN_URL: url, ...env })
      }
    }
    await play('check')
    expect(readFileSync(join(dir, 'diff.md'), 'utf8')).toContain('new-checkout')
    await play('propose')
    await expect(play('publish')).rejects.toThrow('threshold')
    await shell(`ensign approve change-77 --as bob --yes --to ${url}`)
    await play('publish')
    const audit = await shell(`ensign audit log -e production --to ${url}`)
    expect(audit).toMatch(/alice +create +new-checkout +bob +the new checkout for a tenth/)
    const forge = readFileSync(join(dir, 'forge.log'), 'utf8')
    expect(forge).toContain('gh pr comment 12 --body-file diff.md')
    expect(forge).toContain('git push origin change-77')
  }, 60_000)
})
