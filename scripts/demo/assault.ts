import type { Client } from '../../src/index.node.ts'
import { breakIn } from './attacks.ts'
import { ENVIRONMENT } from './files.ts'
import type { Shop } from './shop.ts'
import type { Teller } from './tell.ts'
import { until } from './until.ts'

type Files = Map<string, Uint8Array>

interface Attack {
  readonly name: string
  readonly about: string
  readonly code: string
  readonly files: () => Promise<Files>
}

/** Five attacks by somebody who has everything but the people's keys. The client says why it refuses, and keeps its values. */
export async function playAttacks(shop: Shop, flags: Client, { chapter, claim, note }: Teller, firstHead: Uint8Array) {
  chapter(
    'Somebody owns the server',
    'He writes to its disk, and has stolen both of its keys: he signs heads and log as he likes.',
  )
  await shop.publishing.close()
  const attacker = await breakIn(shop)
  const { ana, 'ana-2': otherAna, ben } = shop.keys as Record<string, NonNullable<typeof shop.keys.ana>>
  const attacks: readonly Attack[] = [
    {
      name: 'changed rule',
      about: '100 % instead of 25 %, under the signatures of the release in force',
      code: 'signature',
      files: () => attacker.forgeRelease(attacker.borrowSignatures),
    },
    {
      name: 'missing approval',
      about: 'ana and ben signed, and one more was needed',
      code: 'threshold',
      files: () => attacker.forgeRelease(attacker.signWith(ana!, ben!)),
    },
    {
      name: 'self-approval',
      about: 'ana signed twice, with both of her keys, and ben',
      code: 'threshold',
      files: () => attacker.forgeRelease(attacker.signWith(ana!, otherAna!, ben!)),
    },
    {
      name: 'rollback',
      about: 'a genuine head of before, when nothing was stopped',
      code: 'rollback',
      files: async () => new Map([[`${ENVIRONMENT}/head.json`, firstHead]]),
    },
    {
      name: 'rewritten log',
      about: 'the same state, and a log in which release 2 never was',
      code: 'log_rewritten',
      files: () => attacker.forgeLog(1),
    },
  ]
  const answers = () => JSON.stringify(flags.evaluateAll({ userId: 'user-7' }))
  const before = answers()
  for (const { name, about, code, files } of attacks) {
    const heal = await attacker.plant(await files())
    const refused = async () => (await flags.refresh()).status !== 'current'
    await until(`the refusal of ${name}`, refused)
    const told = flags.provenance().code
    const kept = answers() === before
    await heal()
    await until('what is genuine again', async () => (await flags.refresh()).status === 'current')
    claim(`${name.padEnd(16)} refused: ${told}; values ${kept ? 'stay' : 'CHANGED'}`, told === code && kept, {
      attack: name,
      code: told,
      kept,
    })
    note(about)
  }
}
