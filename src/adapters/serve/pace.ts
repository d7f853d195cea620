import { createBuckets } from './buckets.ts'

export interface PaceOptions {
  readonly burst: number
  readonly perSecond: number
  readonly now: () => number
  readonly random: () => number
}

/** So many at once, then so many a second, and a short line of those who would rather wait than be sent away. */
export interface Pace {
  /** False: it was not its turn within this time. */
  enter(patienceMs: number): Promise<boolean>
}

const MAX_WAITING_COUNT = 128

export function createPace({ burst, perSecond, now, random }: PaceOptions): Pace {
  const waiting: ((turn: boolean) => void)[] = []
  const bucket = createBuckets({ burst, perSecond, maxNames: 1 })
  const take = () => bucket.take('', now()) === 0
  let timer: ReturnType<typeof setInterval> | undefined

  const leave = (one: (turn: boolean) => void, turn: boolean) => {
    const place = waiting.indexOf(one)
    if (place === -1) return
    waiting.splice(place, 1)
    if (waiting.length === 0) {
      clearInterval(timer)
      timer = undefined
    }
    one(turn)
  }
  const call = () => {
    while (waiting.length > 0 && take()) leave(waiting[0]!, true)
  }

  return {
    async enter(patienceMs) {
      if (waiting.length === 0 && take()) return true
      if (patienceMs === 0) return false
      // In a full line anybody gives way, so that who comes last has the same chance as those who came in numbers.
      if (waiting.length >= MAX_WAITING_COUNT) leave(waiting[Math.floor(random() * waiting.length)]!, false)
      return new Promise(resolve => {
        const late = setTimeout(() => leave(one, false), patienceMs)
        const one = (turn: boolean) => {
          clearTimeout(late)
          resolve(turn)
        }
        waiting.push(one)
        timer ??= setInterval(call, 1_000 / perSecond)
      })
    },
  }
}
