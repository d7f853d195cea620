import { EnsignError } from '../../base/errors.ts'
import type { Receipt } from '../../publisher/publish/types.ts'
import { createPace } from './pace.ts'
import { createReputes } from './repute.ts'

export interface TurnsOptions {
  readonly now: () => number
  readonly random: () => number
}

/** Whose statement is judged next, where signatures have to be looked at: junk may name a real signer. */
export interface Turns {
  /** One of an origin at a time, so that a flood has its verdict before its second statement. */
  take(origin: string, patienceMs: number, judge: () => Promise<Receipt>): Promise<Receipt>
}

/** Together as much as one core checks at its leisure. Where people work keeps a share that no stranger gets. */
const KNOWN = { burst: 20, perSecond: 5 }
const OPEN = { burst: 100, perSecond: 20 }
const STRUCK = { burst: 5, perSecond: 1 }

export function createTurns({ now, random }: TurnsOptions): Turns {
  const reputes = createReputes(now)
  const paceOf = (limits: typeof OPEN) => createPace({ ...limits, now, random })
  const known = paceOf(KNOWN)
  const open = paceOf(OPEN)
  const struck = paceOf(STRUCK)
  const lines = new Map<string, Promise<unknown>>()

  const mayEnter = async (origin: string, patienceMs: number): Promise<boolean> => {
    const repute = reputes.of(origin)
    if (repute === 'struck') return struck.enter(0)
    return (repute === 'known' && (await known.enter(0))) || open.enter(patienceMs)
  }
  const run = async (origin: string, patienceMs: number, judge: () => Promise<Receipt>): Promise<Receipt> => {
    if (!(await mayEnter(origin, patienceMs))) {
      throw new EnsignError('rate_limited', 'too many statements are being checked')
    }
    try {
      const receipt = await judge()
      reputes.accepted(origin, receipt.outcome)
      return receipt
    } catch (error) {
      reputes.refused(origin, error)
      throw error
    }
  }
  return {
    take(origin, patienceMs, judge) {
      const before = lines.get(origin) ?? Promise.resolve()
      const turn = before.then(
        () => run(origin, patienceMs, judge),
        () => run(origin, patienceMs, judge),
      )
      lines.set(origin, turn)
      const done = () => void (lines.get(origin) === turn && lines.delete(origin))
      turn.then(done, done)
      return turn
    },
  }
}
