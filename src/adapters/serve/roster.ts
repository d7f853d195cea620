import type { Sink } from './hub.ts'

export interface Member {
  readonly origin: string
  /** Whether it may still listen; asked when it joins and when the tokens change. */
  readonly may: () => boolean
}

/** Who listens: how many from one origin, and who has to go when his token is taken out. */
export interface Roster {
  hasRoom(origin: string): boolean
  /** Joins, and keeps the count whichever side ends it. */
  join(member: Member, sink: Sink, open: (sink: Sink) => () => void): () => void
  /** Ends the streams of those who may no longer listen. */
  review(): void
}

export function createRoster(most: number): Roster {
  const counts = new Map<string, number>()
  const members = new Set<{ readonly may: () => boolean; readonly end: () => void }>()
  const hasRoom = (origin: string) => origin === '' || (counts.get(origin) ?? 0) < most

  return {
    hasRoom,
    join({ origin, may }, sink, open) {
      // Many may have asked before the first of them joined, and the tokens may have changed since this one did.
      if (!hasRoom(origin) || !may()) {
        sink.end()
        return () => {}
      }
      let here = true
      counts.set(origin, (counts.get(origin) ?? 0) + 1)
      const gone = () => {
        if (!here) return
        here = false
        members.delete(member)
        const left = counts.get(origin)! - 1
        if (left === 0) counts.delete(origin)
        else counts.set(origin, left)
      }
      const end = () => {
        gone()
        sink.end()
      }
      const member = {
        may,
        end() {
          leave()
          end()
        },
      }
      members.add(member)
      const leave = open({ write: frame => sink.write(frame), end })
      return () => {
        gone()
        leave()
      }
    },
    review() {
      for (const member of [...members]) if (!member.may()) member.end()
    },
  }
}
