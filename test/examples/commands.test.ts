import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { EXAMPLES } from './shop.ts'
import { runWorkflow } from './workflow.ts'

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'ensign-commands-'))
const enders: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of enders) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** A workspace fresh from `ensign init`, and a shell in it. */
async function workspace(name: string) {
  const dir = join(folder, name)
  const bin = join(folder, `${name}-bin`)
  for (const one of [dir, bin]) mkdirSync(one)
  writeFileSync(join(bin, 'ensign'), `#!/bin/sh\nexec node ${MAIN} "$@"\n`, { mode: 0o755 })
  const shell = async (text: string) => {
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', text], { cwd: dir, env })
    return stdout
  }
  await shell('ensign init --project shop')
  return { dir, shell }
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

  // The forge itself is out of reach: `gh` notes what it was asked and handed. All else is real: git, npm and npx too.
  it('github-actions.yaml', async () => {
    const { dir: owner } = await workspace('actions')
    const url = await serve(owner)
    const [origin, bin, bob] = ['origin.git', 'forge-bin', 'bob'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const text = readFileSync(join(EXAMPLES, 'github-actions.yaml'), 'utf8')
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'gh'),
      `#!/bin/sh\necho "gh $*" >> ${folder}/gh.log\n[ "$4" = --body-file ] && cat "$5" >> ${folder}/gh.log\nexit 0\n`,
      { mode: 0o755 },
    )
    const git = (cwd: string, ...args: string[]) =>
      run('git', ['-c', 'user.name=Bob', '-c', 'user.email=bob@example.com', ...args], { cwd })
    await git(folder, 'init', '-q', '--bare', '-b', 'main', origin)
    mkdirSync(join(owner, '.github/workflows'), { recursive: true })
    writeFileSync(join(owner, '.github/workflows/flags.yaml'), text)
    // The registry is out of reach too: the package lies in the repository, and its command is the one that was built.
    const vendored = join(owner, 'vendor/ensign-flags')
    mkdirSync(vendored, { recursive: true })
    const packed = { name: 'ensign-flags', version: '1.0.0', bin: { ensign: 'ensign.sh' } }
    writeFileSync(join(vendored, 'package.json'), JSON.stringify(packed))
    writeFileSync(join(vendored, 'ensign.sh'), `#!/bin/sh\nexec node ${MAIN} "$@"\n`, { mode: 0o755 })
    const dependencies = { 'ensign-flags': 'file:vendor/ensign-flags' }
    writeFileSync(join(owner, 'package.json'), JSON.stringify({ private: true, dependencies }))
    writeFileSync(join(owner, '.gitignore'), 'node_modules\n', { flag: 'a' })
    await run('npm', ['install', '--package-lock-only', '--offline', '--ignore-scripts'], { cwd: owner })
    await git(owner, 'init', '-q', '-b', 'main')
    await git(owner, 'add', '--all')
    await git(owner, 'commit', '-q', '-m', 'the new checkout for a tenth')
    await git(owner, 'push', '-q', origin, 'main')
    expect((await git(owner, 'ls-files')).stdout).not.toContain('keys/alice')

    const values = {
      'vars.ENSIGN_URL': url,
      'vars.ENSIGN_AUTHOR': 'alice',
      'secrets.ENSIGN_AUTHOR_KEY': readFileSync(join(owner, 'keys/alice.jwk'), 'utf8'),
      'secrets.ENSIGN_PASSPHRASE': '',
      'github.run_id': '77',
      'github.event.number': '12',
      'github.token': 'none',
      'github.event.head_commit.message': 'the new checkout for a tenth',
      'inputs.id': 'change-77',
    }
    const play = (event: string) => runWorkflow(text, event, { folder, origin, bin, values })
    expect(await play('pull_request')).toEqual(['check'])
    expect(await play('push')).toEqual(['propose'])
    await git(folder, 'clone', '-q', '-b', 'change-77', origin, bob)
    await git(bob, 'push', '-q', origin, 'change-77:main')
    await expect(play('workflow_dispatch')).rejects.toThrow('threshold')

    // Bob, on a machine of his own, with a key that no pipeline has.
    const key = join(owner, 'keys/bob.jwk')
    await run('node', [MAIN, 'approve', 'change-77', '--as', 'bob', '--key', key, '--yes', '--to', url], { cwd: bob })
    await git(bob, 'add', 'changes')
    await git(bob, 'commit', '-q', '-m', 'approve change-77')
    await git(bob, 'push', '-q', origin, 'change-77:main')
    expect(await play('workflow_dispatch')).toEqual(['publish'])
    const { stdout } = await run('node', [MAIN, 'audit', 'log', '-e', 'production', '--to', url], { cwd: bob })
    expect(stdout).toMatch(/alice +create +new-checkout +bob +the new checkout for a tenth/)

    const forge = readFileSync(join(folder, 'gh.log'), 'utf8')
    expect(forge).toMatch(/gh pr comment 12 --body-file diff.md\n[\s\S]*new-checkout/)
    expect(forge).toContain('gh pr create --head change-77')
  }, 120_000)
})
