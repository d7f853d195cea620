import { CLOCK_SKEW_MS } from '../base/limits.ts'
import { parseTime } from '../base/time.ts'
import type { VerifiedState } from '../bundle/state.ts'
import type { Engine } from '../rules/engine.ts'
import type { Clock } from './clock.ts'
import type { Emitter } from './emitter.ts'
import { createPause } from './pause.ts'
import { type Happening, type Status, TRANSITIONS } from './status.ts'
import type { ClientEvents, ClientProblem, Origin } from './types.ts'

/** The one place that changes: what is in force, and what is known about it. Everything here is one synchronous turn. */
export interface Core {
  /** What is in force. */
  state(): VerifiedState | undefined
  origin(): Origin
  status(): Status
  /** Why the status is not `current`. */
  code(): string | undefined
  verifiedAt(): number | null
  problems(): readonly ClientProblem[]
  /** Looks at all flags in force, so that `problems` names those in error too. */
  look(): Promise<void>
  /** Takes a verified state over in one swap. */
  take(state: VerifiedState, origin: Origin): void
  /** The network confirms that what is in force is its newest. */
  confirm(): void
  happen(happening: Happening, code?: string): void
  note(problem: ClientProblem): void
  /** That source is fine again. */
  clear(source: ClientProblem['source']): void
  /** Called after each change of status or state, and after each attempt. */
  watch(look: () => void): () => void
  /** To be called when an attempt ended, whatever came of it. */
  settle(): void
}

export interface CoreOptions {
  readonly engine: Engine
  readonly emitter: Emitter<ClientEvents>
  readonly clock: Clock
  readonly warn: (message: string, details: Record<string, unknown>) => void
  readonly onRelease: (version: number) => void
}

/** What a verified state tells beside how fresh it is. */
const TOLD: ReadonlySet<string> = new Set(['log_restarted', 'many_stops'])

export function createCore({ engine, emitter, clock, warn, onRelease }: CoreOptions): Core {
  const problems = new Map<string, ClientProblem>()
  const watchers = new Set<() => void>()
  const jumps = createJumps(clock)
  const pause = createPause(clock)
  let rules: readonly ClientProblem[] = []
  let state: VerifiedState | undefined
  let origin: Origin = 'none'
  let status: Status = 'starting'
  let code: string | undefined
  let verifiedAt: number | null = null
  let cancelExpiry = () => {}

  const settle = (): void => {
    for (const look of [...watchers]) look()
  }

  const happen = (happening: Happening, why?: string): void => {
    const previous = status
    const next = TRANSITIONS[status][happening]
    const nextCode = next === 'current' ? undefined : next === 'closed' ? 'closed' : (why ?? code)
    if (next === previous && nextCode === code) return
    status = next
    code = nextCode
    emitter.emit('status', Object.freeze({ status, previous, source: origin, code }))
    settle()
  }

  /** The state runs out at its own time, whether or not anybody asks. */
  const armExpiry = (): void => {
    cancelExpiry()
    if (state === undefined || status === 'closed') return
    const left = expiryOf(state) - clock.now()
    if (left <= 0) happen('expired', jumps.seen() ? 'clock_fault' : 'expired')
    else cancelExpiry = clock.after(Math.min(left, RECHECK_MS), armExpiry)
  }

  const judge = (now: VerifiedState): void => {
    const fault = now.notices.find(one => one.code === 'clock_fault')
    if (fault !== undefined) note({ source: origin, code: fault.code, what: fault.what, at: undefined })
    if (now.stale) {
      happen('old', now.notices[0]?.code ?? 'expired')
      return
    }
    jumps.mark()
    happen('fresh')
    armExpiry()
  }

  const note = (problem: ClientProblem): void => {
    const before = problems.get(problem.source)
    problems.set(problem.source, Object.freeze(problem))
    if (before?.code === problem.code && before.at === problem.at) return
    warn(problem.what, { source: problem.source, code: problem.code, at: problem.at })
  }

  return {
    state: () => state,
    origin: () => origin,
    status: () => status,
    code: () => code,
    verifiedAt: () => verifiedAt,
    problems: () => [...problems.values(), ...rules],
    async look() {
      const found = await engine.findProblems(pause)
      rules = found.slice(0, MAX_TOLD).map(({ code, what, at }) => ({ source: 'rules', code, what, at }))
    },
    take(next, from) {
      if (status === 'closed') return
      const changed = engine.apply(next.ruleSet)
      state = next
      origin = from
      verifiedAt = clock.now()
      problems.delete(from)
      onRelease(next.release.version)
      for (const { code, what } of next.notices) {
        if (TOLD.has(code)) note({ source: from, code, what, at: undefined })
      }
      judge(next)
      const release = next.ruleSet.info
      // A listener of `status` may have closed the client.
      if (changed.length > 0 && release !== null && TRANSITIONS[status].close !== status) {
        emitter.emit('change', Object.freeze({ changed, release, source: from }))
      }
      settle()
    },
    confirm() {
      if (state === undefined) return
      problems.delete('network')
      origin = 'network'
      verifiedAt = clock.now()
      judge(state)
    },
    happen(happening, why) {
      if (happening === 'close') cancelExpiry()
      const byTime = why === 'expired' || why === 'root_expired'
      happen(happening, byTime && jumps.seen() ? 'clock_fault' : why)
    },
    note,
    clear: source => void problems.delete(source),
    watch(look) {
      watchers.add(look)
      return () => watchers.delete(look)
    },
    settle,
  }
}

/** The wall clock may be set while a timer waits. */
const RECHECK_MS = 60_000

/** The moment from which the state no longer counts as fresh. */
export function expiryOf(state: VerifiedState): number {
  const until = Math.min(parseTime(state.head.expires)!, parseTime(state.root.payload.expires)!)
  return until + CLOCK_SKEW_MS
}

const MAX_TOLD = 100

/** Tells a machine whose clock was set from one where time went by. A machine that slept looks the same, for one poll. */
function createJumps(clock: Clock) {
  let now = clock.now()
  let elapsed = clock.elapsed()
  return {
    mark() {
      now = clock.now()
      elapsed = clock.elapsed()
    },
    seen: () => Math.abs(clock.now() - now - (clock.elapsed() - elapsed)) > CLOCK_SKEW_MS,
  }
}
