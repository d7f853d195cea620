import { execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { isConflict } from '../../../src/publisher/stores/files.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'
import { withLock } from '../../../src/publisher/stores/lock.ts'
import { bundleScript } from '../../support/child.ts'
import { storeContract } from './contract.ts'

const made: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'ensign-store-'))
  made.push(path)
  return path
}
afterAll(() => Promise.all(made.map(path => rm(path, { recursive: true, force: true }))))

storeContract('folder', async () => folderStore(await folder()))

describe('a folder', () => {
  it('holds its lock for one at a time', async () => {
    const lock = join(await folder(), 'lock')
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withLock(lock, async () => {
          most = Math.max(most, ++inside)
          await new Promise(resolve => setTimeout(resolve, 1))
          inside--
        }),
      ),
    )
    expect(most).toBe(1)
    expect(await readdir(lock)).toHaveLength(1)
  })

  it('puts what was brought to the disk before, and lets go of what was not put', async () => {
    const directory = await folder()
    const store = folderStore(directory)
    const temporary = () => readdir(join(directory, '.ensign', 'tmp'))
    const [one, two, never] = [utf8('one'), utf8('two'), utf8('never')]
    const letGo = store.stage!([one, two, never])
    const tag = await store.put('a', one, { ifNoneMatch: true })
    await expect(store.put('a', two, { ifNoneMatch: true })).rejects.toSatisfy(isConflict)
    await store.put('a', two, { ifMatch: tag })
    expect(new TextDecoder().decode((await store.get('a'))?.bytes)).toBe('two')
    await expect.poll(temporary).toHaveLength(1)
    letGo()
    await expect.poll(temporary).toEqual([])
    await store.put('b', never, { ifNoneMatch: true })
    expect(new TextDecoder().decode((await store.get('b'))?.bytes)).toBe('never')
  })

  it('leaves nothing of what was staged twice, or of a put that found no folder', async () => {
    const directory = await folder()
    const store = folderStore(directory)
    const temporary = () => readdir(join(directory, '.ensign', 'tmp'))
    const [one, two] = [utf8('one'), utf8('two')]
    await store.put('file', one, { ifNoneMatch: true })
    const letGo = [store.stage!([one, one, two]), store.stage!([one])]
    await expect(store.put('file/below', two, { ifNoneMatch: true })).rejects.toThrow()
    await store.put('a', one, { ifNoneMatch: true })
    for (const end of letGo) end()
    await expect.poll(temporary).toEqual([])
  })

  it('goes on once its own folder can be written again', async () => {
    const directory = await folder()
    const own = join(directory, '.ensign')
    await writeFile(own, '')
    const store = folderStore(directory)
    const letGo = store.stage!([utf8('x')])
    await expect(store.put('a', utf8('one'), { ifNoneMatch: true })).rejects.toThrow()
    letGo()
    await rm(own)
    await store.put('a', utf8('one'), { ifNoneMatch: true })
    await rm(own, { recursive: true })
    await store.put('b', utf8('one'), { ifNoneMatch: true }).catch(() => undefined)
    await store.put('c', utf8('one'), { ifNoneMatch: true })
  })

  it('is watched though the first look fails', async () => {
    const directory = await folder()
    await mkdir(join(directory, 'v1/x'), { recursive: true })
    const file = join(directory, 'v1/x/head.json')
    // A link that leads to itself cannot be read, and is not absent either.
    await symlink('head.json', file)
    const lost: unknown[] = []
    const onLost = (error: unknown) => void lost.push(error)
    process.on('unhandledRejection', onLost)
    let changes = 0
    const off = folderStore(directory).watch!('v1/x/head.json', () => changes++)
    await new Promise(resolve => setTimeout(resolve, 50))
    await rm(file)
    await writeFile(file, 'one')
    await expect.poll(() => changes).toBeGreaterThan(0)
    off()
    process.off('unhandledRejection', onLost)
    expect(lost).toEqual([])
  })

  it('tells of a full disk, and leaves nothing there', async () => {
    const directory = await folder()
    const script = await bundleScript(join(import.meta.dirname, 'full.ts'))
    const limited = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`
    const told = execFileSync('bash', ['-c', limited, process.execPath, script.path, directory], { encoding: 'utf8' })
    expect(told).toBe('EFBIG,EFBIG,EFBIG')
    expect(await readdir(join(directory, '.ensign', 'tmp'))).toEqual([])
    expect(await readdir(join(directory, '.ensign', 'lock'))).toEqual([])
    await script.remove()
  })

  it('takes nothing for a file that is none, and waits for none', async () => {
    const directory = await folder()
    const store = folderStore(directory)
    execFileSync('mkfifo', [join(directory, 'pipe')])
    await symlink('/dev/zero', join(directory, 'endless'))
    await mkdir(join(directory, 'folder'))
    const found = await Promise.all(['pipe', 'endless', 'folder'].map(name => store.get(name, { maxBytes: 100 })))
    expect(found).toEqual([undefined, undefined, undefined])
  })

  it('goes on telling of changes after a look that failed', async () => {
    const directory = await folder()
    const store = folderStore(directory)
    await store.put('head', utf8('one'), { ifNoneMatch: true })
    let heard = 0
    const stop = store.watch!('head', () => heard++)
    await rm(join(directory, 'head'))
    await symlink('head', join(directory, 'head'))
    await expect(store.get('head')).rejects.toMatchObject({ code: 'ELOOP' })
    await new Promise(resolve => setTimeout(resolve, 50))
    const before = heard
    await rm(join(directory, 'head'))
    await store.put('head', utf8('two'), { ifNoneMatch: true })
    await expect.poll(() => heard).toBeGreaterThan(before)
    stop()
  })

  it('frees the lock where the work throws', async () => {
    const lock = join(await folder(), 'lock')
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withLock(lock, async held => held())).toBe(true)
  })

  it('passes files that their writer did not finish, and sweeps them once they are old', async () => {
    const lock = join(await folder(), 'lock')
    await mkdir(lock)
    const old = new Date(Date.now() - 120_000)
    for (const name of ['wanted-young', 'wanted-old', '7']) await writeFile(join(lock, name), '{"host":')
    for (const name of ['wanted-old', '7']) await utimes(join(lock, name), old, old)
    expect(await withLock(lock, async held => held())).toBe(true)
    expect((await readdir(lock)).sort()).toEqual(['8.free', 'wanted-young'])
  })

  it('loses no count with several writers of which some are killed, and is free at once after', async () => {
    const directory = await folder()
    const script = await bundleScript(join(import.meta.dirname, 'counter.ts'))
    const counter = () => spawn(process.execPath, [script.path, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    const store = folderStore(directory)
    await store.put('count', utf8('0'), { ifNoneMatch: true })
    let told = 0
    for (let round = 0; round < 4; round++) {
      const children = [counter(), counter()]
      for (const child of children) {
        child.stdout.on('data', (data: Buffer) => {
          told += data.length
        })
      }
      await Promise.all(children.map(child => new Promise(resolve => child.stdout.once('data', resolve))))
      await new Promise(resolve => setTimeout(resolve, 20 + round * 7))
      await Promise.all(
        children.map(child => {
          const closed = new Promise(resolve => child.once('close', resolve))
          child.kill('SIGKILL')
          return closed
        }),
      )
    }
    const there = (await store.get('count'))!
    const count = Number(new TextDecoder().decode(there.bytes))
    // A put that was durable but not yet told is the most that may be missing: one for each killed process.
    expect(count).toBeGreaterThanOrEqual(told)
    expect(count).toBeLessThanOrEqual(told + 8)
    await store.put('count', utf8(String(count + 1)), { ifMatch: there.tag })
    await script.remove()
  })
})
