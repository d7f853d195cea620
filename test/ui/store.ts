import { formatTime } from '../../src/base/time.ts'
import { submitRelease, submitStop } from '../../src/publisher/publish/submit.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import type { Condition, Flag } from '../../src/rules/types.ts'
import type { RootPayload } from '../../src/trust/types.ts'
import { DAY, flag, openShop, rulesOf } from '../publisher/support/shop.ts'

const split = (share: number): Flag['otherwise'] => ({
  split: { by: 'userId', salt: 'c8f31b0a', arms: share === 0 ? [] : [[0, share, 1]], rest: 0 },
})
const checkout = (share: number, more: Partial<Flag> = {}): Flag => ({
  on: true,
  type: 'string',
  variants: [
    ['legacy', 'legacy'],
    ['one-page', 'one-page'],
    ['express', 'express'],
  ],
  off: 0,
  salt: 'c8f31b0a',
  requires: [{ flag: 'payments-core', is: ['on'] }],
  rules: [
    { id: 'qa', when: { attr: 'userId', in: ['u-qa-1', 'u-qa-2'] }, then: { serve: 2 } },
    {
      id: 'dach',
      when: {
        all: [
          { attr: 'country', in: ['DE', 'AT', 'CH'] },
          { attr: ['app', 'version'], version: '>=5.2' },
        ] as Condition[],
      },
      then: {
        split: {
          by: 'userId',
          salt: 'q4',
          arms: [
            [0, 50_000, 0],
            [50_000, 75_000, 1],
            [75_000, 100_000, 2],
          ],
          rest: 'next',
        },
      },
    },
  ],
  otherwise: split(share),
  ...more,
})

/** A store with a history that is worth looking at: releases, a stop, several kinds of flags. */
export async function makeStore(folder: string) {
  const start = Date.now() - 3 * 3600_000
  let now = start
  const root = (made: RootPayload): RootPayload => ({
    ...made,
    issued: formatTime(start - DAY),
    expires: formatTime(start + 300 * DAY),
  })
  const shop = await openShop({ store: folderStore(folder), now: () => now, root })
  const flags = {
    'payments-core': flag(true),
    'new-search': flag(true, { otherwise: { split: { by: 'userId', salt: 'n', arms: [[0, 25_000, 0]], rest: 1 } } }),
    'dark-mode': flag(false),
  }
  const release = async (share: number, reason: string) => {
    now += 1800_000
    await submitRelease(
      shop.publisher(),
      await shop.propose(rulesOf({ ...flags, 'checkout-v2': checkout(share) }), {
        reason,
        artifacts: { ticket: 'PAY-117' },
      }),
    )
  }
  await release(0, 'the new checkout, for nobody yet')
  await release(10_000, 'a first tenth')
  await release(25_000, 'numbers are good')
  now += 600_000
  await submitStop(
    shop.publisher(),
    await shop.stop(['new-search'], { reason: 'search index is down', incident: 'INC-1042' }),
  )
  now = Date.now()
  return shop
}
