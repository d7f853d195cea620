import { fromUtf8, utf8 } from '../../../src/base/bytes.ts'
import { openBundle } from '../../../src/edge.ts'
import { regex } from '../../../src/regex.ts'
import { createWorld, FLAG } from '../../support/world.ts'
import { type Case, codeOf, same } from '../case.ts'

const split = { by: 'userId', salt: 's', arms: [[0, 50_000, 0]], rest: 1 }
const flags = {
  plain: FLAG,
  half: { ...FLAG, otherwise: { split } },
  mail: {
    ...FLAG,
    rules: [{ id: 'm', when: { attr: 'mail', matches: '@example\\.(org|net)$' }, then: { serve: 0 } }],
    otherwise: { serve: 1 },
  },
}

async function published() {
  const world = await createWorld()
  await world.release('production', { flags })
  const root = { version: 1, digest: world.roots[0]!.digest }
  const options = { project: 'shop', environment: 'production', root, now: () => world.now, regex }
  return { world, options }
}

export const edgeCases: readonly Case[] = [
  {
    name: 'edge: opens, answers, updates',
    async run() {
      const { world, options } = await published()
      const bundle = await openBundle(await world.bundle(), options)
      same(bundle.isEnabled('plain'), true)
      same(bundle.value('plain', {}, false), true)
      const users = Array.from({ length: 1000 }, (_, i) => `user-${i}-ü`)
      same(users.filter(userId => bundle.isEnabled('half', { userId })).length, 498)
      same(bundle.isEnabled('mail', { mail: 'a@example.net' }), true)
      same(bundle.isEnabled('mail', { mail: 'a@example.com' }), false)
      world.wait()
      await world.stop('production', { flags: ['plain'] })
      const stopped = await bundle.update(await world.bundle())
      same([stopped.explain('plain').reason, bundle.explain('plain').reason], ['STOPPED', 'STATIC'])
      const older = await published()
      same(await codeOf(async () => stopped.update(await older.world.bundle())), 'rollback')
    },
  },
  {
    name: 'edge: refuses every bundle with one byte changed',
    async run() {
      const { world, options } = await published()
      const bytes = await world.bundle()
      const good = fromUtf8(bytes)!
      for (let at = 7; at < bytes.length; at += 397) {
        const altered = bytes.with(at, bytes[at]! ^ 1)
        const code = await codeOf(() => openBundle(altered, options))
        // A checkpoint is for auditors, and a name that nobody reads may be any.
        if (code === 'ok' && !isUnread(good, at)) throw new Error(`took a change at ${at}`)
      }
      same(await codeOf(() => openBundle(utf8(good.slice(0, -1)), options)), 'bundle_form')
    },
  },
]

function isUnread(text: string, at: number): boolean {
  const start = text.indexOf('"checkpoint":')
  return at >= start && at < text.indexOf('"head":"', start)
}
