import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { remoteDesk } from '../../src/adapters/serve/submit.ts'
import { EnsignError } from '../../src/base/errors.ts'
import { formatTime } from '../../src/base/time.ts'
import { readStandpoint } from '../../src/publisher/change/ground.ts'
import type { Receipt } from '../../src/publisher/publish/types.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import type { Flag } from '../../src/rules/types.ts'
import { generateKey, localSigner, type PrivateJwk } from '../../src/trust/signer.ts'
import { DAY, flag, openShop, rulesOf } from '../publisher/support/shop.ts'

const NAMES = ['alice', 'bob', 'carol', 'dave', 'robot', 'publisher', 'publisher2', 'stager', 'log', 'log-staging']

export const SWITCHES = Array.from({ length: 8 }, (_, n) => `switch-${n}`)

/** The project of a run: people in this process, the publish keys in files that only the publishing server reads. */
export async function openPeople(folder: string, port: number) {
  const keys = new Map<string, PrivateJwk>()
  for (const name of NAMES) keys.set(name, await generateKey('Ed25519'))
  const signers = await Promise.all([...keys].map(async ([name, key]) => [name, await localSigner(key, name)] as const))
  const cast = Object.fromEntries(signers)
  const alice2 = await localSigner(await generateKey('Ed25519'), 'alice')
  const store = folderStore(join(folder, 'store'))
  const shop = await openShop({
    store,
    cast: { ...cast, alice2 },
    now: Date.now,
    root: root => ({ ...root, issued: formatTime(Date.now() - DAY), expires: formatTime(Date.now() + 30 * DAY) }),
  })
  mkdirSync(join(folder, 'keys'), { recursive: true })
  const keyFile = (name: string) => {
    const path = join(folder, 'keys', `${name}.jwk`)
    writeFileSync(path, JSON.stringify(keys.get(name)), { mode: 0o600 })
    return path
  }
  const rootFile = join(folder, 'root.json')
  writeFileSync(rootFile, shop.root)
  const desk = remoteDesk({ url: `http://127.0.0.1:${port}`, project: 'shop', environment: 'production' })

  /** Until the server says yes: it may die with the answer on its tongue, and the same statement is sent again. */
  const insist = async (make: () => Promise<() => Promise<Receipt>>): Promise<Receipt> => {
    for (let attempt = 0; ; attempt++) {
      const send = await make()
      for (let again = 0; again < 40; again++) {
        try {
          return await send()
        } catch (error) {
          const code = error instanceof EnsignError ? error.code : 'unknown'
          // Somebody else's change, or an append of ours that was completed meanwhile: look again at what is in force.
          if (!['unavailable', 'rate_limited', 'store_conflict', 'store_busy'].includes(code)) {
            if (attempt > 5) throw error
            break
          }
          await new Promise(resolve => setTimeout(resolve, 150))
        }
      }
    }
  }

  const counter = (n: number): Flag =>
    flag(true, {
      type: 'integer',
      variants: [
        ['now', n],
        ['off', -2],
      ],
    })

  return {
    store,
    root: shop.root,
    rootFile,
    keyFile,
    view: shop.view,
    /** A release in which `counter` is `n`; it clears what is stopped if it is to. */
    async release(n: number, clear: boolean): Promise<Receipt> {
      return insist(async () => {
        const { state } = await readStandpoint(shop.view())
        const flags = Object.fromEntries(SWITCHES.map(key => [key, flag(true)]))
        const rules = rulesOf({ ...flags, counter: counter(n) })
        const clears = clear ? { clears: state?.memory.stop ?? null } : {}
        const submission = await shop.propose(rules, clears)
        return () => desk.release(submission)
      })
    },
    /** Stops one more switch; false where all are stopped. */
    async stop(pick: (left: readonly string[]) => string): Promise<boolean> {
      const { state } = await readStandpoint(shop.view())
      const stopped = new Set(state?.stops.flatMap(stop => stop.flags))
      const left = SWITCHES.filter(key => !stopped.has(key))
      if (left.length === 0) return false
      const key = pick(left)
      await insist(async () => {
        const statement = await shop.stop([key])
        return () => desk.stop(statement)
      })
      return true
    },
  }
}
