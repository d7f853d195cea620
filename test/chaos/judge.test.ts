import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatTime } from '../../src/base/time.ts'
import { localDesk } from '../../src/publisher/publish/desk.ts'
import { DAY, flag, openShop, rulesOf, type Shop } from '../publisher/support/shop.ts'
import { listen, type Running, until } from '../serve/support.ts'
import { judge } from './judge.ts'
import { SWITCHES } from './people.ts'
import { PLANTS } from './planted.ts'
import { readTruth } from './truth.ts'
import { type Watcher, watch } from './watcher.ts'

const rules = (n: number) => {
  const counter = flag(true, {
    type: 'integer',
    variants: [
      ['now', n],
      ['off', -2],
    ],
  })
  return rulesOf({ counter, ...Object.fromEntries(SWITCHES.map(key => [key, flag(true)])) })
}

let shop: Shop
let server: Running
const watchers = new Map<string, Watcher>()

const NOTHING = 'nothing'

/** One history, and beside the honest client one for each fault that looks at it. */
beforeAll(async () => {
  shop = await openShop({
    now: Date.now,
    root: root => ({ ...root, issued: formatTime(Date.now() - DAY), expires: formatTime(Date.now() + 30 * DAY) }),
  })
  const desk = localDesk(shop.publisher())
  await desk.release(await shop.propose(rules(1)))
  server = await listen({ store: shop.store, recheckMs: 10 })
  for (const name of [NOTHING, ...Object.keys(PLANTS)]) {
    const plant = PLANTS[name]?.()
    watchers.set(name, watch({ name, port: server.port, root: shop.root, cache: undefined, plant }))
  }
  const honest = watchers.get(NOTHING)!
  const everybody = async (size: number) => {
    await until(() => {
      for (const one of watchers.values()) one.look()
      return honest.position().size === size
    })
    // The others have the same line and get there as well; nothing tells when one that is broken did.
    for (let n = 0; n < 50; n++) {
      await new Promise(resolve => setTimeout(resolve, 5))
      for (const one of watchers.values()) one.look()
    }
  }
  await everybody(1)
  await desk.release(await shop.propose(rules(2)))
  await everybody(2)
  await desk.stop(await shop.stop([SWITCHES[0]!]))
  await everybody(3)
}, 30_000)

afterAll(async () => {
  for (const one of watchers.values()) await one.close()
  await server.close()
})

describe('the harness of the chaos runs', () => {
  it('finds nothing where nothing is wrong', async () => {
    const truth = await readTruth(shop.store, shop.view())
    expect(truth.last.size).toBe(3)
    const honest = watchers.get(NOTHING)!
    expect(honest.seen.size).toBe(3)
    expect(judge([honest], truth)).toEqual([])
  })

  it.each(Object.keys(PLANTS))('notices a client that shows %s', async name => {
    const faults = judge([watchers.get(name)!], await readTruth(shop.store, shop.view()))
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.every(fault => fault.startsWith(`${name}: `))).toBe(true)
  })

  it('notices a history in which something else was published', async () => {
    const truth = await readTruth(shop.store, shop.view())
    const [size, words] = [...truth.states][1]!
    const other = { ...truth, states: new Map([...truth.states, [size, `${words} `]]) }
    expect(judge([watchers.get(NOTHING)!], other)).toEqual([
      `${NOTHING}: answered ${words} at ${size}, where ${words}  was published`,
    ])
  })
})
