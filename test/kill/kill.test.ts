import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleScript } from '../support/child.ts'
import { DEEDS, editStaff, editWords, openBench } from './deeds.ts'
import { child, historyOf, must, openWorkspace, verified } from './shop.ts'

/** `npm run test:kill` takes all of them. */
const SHARES = [0.25, 0.5, 0.75]

describe.each(DEEDS.filter(({ name }) => ['publish', 'approve', 'stop'].includes(name)))('$name', deed => {
  it('that is killed at some of its steps leaves what verifies, and the same again completes it', async () => {
    const bench = await openBench(deed)
    expect(bench.steps).toBeGreaterThan(3)
    for (const share of SHARES) await bench.kill(Math.ceil(bench.steps * share))
    await bench.close()
  }, 60_000)
})

describe('two processes at once', () => {
  let place = ''
  let killer: Awaited<ReturnType<typeof bundleScript>>
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'ensign-race-'))
    killer = await bundleScript(join(import.meta.dirname, 'killer.ts'))
  })
  afterAll(async () => {
    await killer.remove()
    await rm(place, { recursive: true, force: true })
  })

  /** Both have judged what they shall do, and written nothing, before either may go on. */
  async function race(name: string, dir: string, commands: readonly (readonly string[])[]) {
    const gate = join(place, name)
    const ended = Promise.all(commands.map(argv => child(dir, argv, killer.path, { KILL_WAIT: gate })))
    const waiting = () => readdirSync(place).filter(file => file.startsWith(`${name}.`)).length
    while (waiting() < commands.length) await new Promise(done => setTimeout(done, 10))
    writeFileSync(gate, '')
    return ended
  }

  it('publish: one wins, the other is told, loses nothing, and comes next', async () => {
    const dir = await mkdtemp(join(place, 'publish-'))
    await openWorkspace(dir)
    editWords(dir)
    await must(dir, 'propose', '-e', 'production', '--reason', 'words', '--as', 'alice', '--id', 'words', 'banner-text')
    editStaff(dir)
    await must(dir, 'propose', '-e', 'production', '--reason', 'left', '--as', 'bob', '--id', 'staff', 'segments/staff')
    for (const id of ['words', 'staff']) await must(dir, 'approve', id, '--as', 'carol', '--yes')
    const ids = ['words', 'staff']
    const ended = await race(
      'publishers',
      dir,
      ids.map(id => ['publish', id]),
    )
    expect(ended.map(({ status }) => status).sort()).toEqual([0, 1])
    const loser = ended.findIndex(({ status }) => status === 1)
    expect(ended[loser]!.out).toContain('error[release_passed]: release 2 is in force')
    expect((await verified(dir)).status).toBe(0)
    expect(await historyOf(dir)).toMatchObject({ releases: 2, findings: [] })

    const id = ids[loser]!
    expect(existsSync(join(dir, 'changes', id, 'payload.json'))).toBe(true)
    await must(dir, 'propose', '-e', 'production', '--again', id, '--as', id === 'words' ? 'alice' : 'bob')
    expect(await must(dir, 'approve', id, '--as', 'carol', '--yes')).toContain('what carol approved before is the same')
    expect(await must(dir, 'publish', id)).toContain('release 3 is in force')
    expect(await historyOf(dir)).toMatchObject({ entries: 3, releases: 3, findings: [] })
  }, 60_000)

  it('stop: both are in force', async () => {
    const dir = await mkdtemp(join(place, 'stop-'))
    await openWorkspace(dir)
    const stop = (flag: string, person: string) => [
      ...['stop', flag, '-e', 'production', '--reason', 'now', '--as', person],
    ]
    const ended = await race('stoppers', dir, [stop('new-checkout', 'bob'), stop('banner-text', 'carol')])
    expect(ended.map(({ status, out }) => [status, out.includes('is in force')])).toEqual([
      [0, true],
      [0, true],
    ])
    const { out } = await verified(dir)
    expect(out).toContain('new-checkout')
    expect(out).toContain('banner-text')
    expect(await historyOf(dir)).toMatchObject({ entries: 3, stops: 2, findings: [] })
  }, 60_000)
})
