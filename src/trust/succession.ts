import { must } from '../base/must.ts'
import type { Reference, RootEnvironment, RootPayload, Standing } from './types.ts'

/** What an environment may change from one root to the next. `last` holds each as it was last named, and is updated. */
export function checkSuccession(last: Map<string, RootEnvironment>, root: RootPayload, at: string): void {
  for (const [i, now] of root.environments.entries()) {
    const before = last.get(now.name)
    if (before !== undefined) checkOne(before, now, `${at}/environments/${i}`)
    last.set(now.name, now)
  }
}

function checkOne(before: RootEnvironment, now: RootEnvironment, at: string): void {
  const rise = now.epoch - before.epoch
  must('5.9', rise === 0 || rise === 1, 'root_epoch', at, `epoch ${now.epoch} after ${before.epoch}`)
  const moved = now.log.origin !== before.log.origin
  must('5.10', moved === (rise === 1), 'root_epoch', at, 'a log origin changes with the epoch and only with it')
  must('5.11', before.standing === null || now.standing !== null, 'root_standing', at)
  const onward = rise === 1 || before.standing === null || goesOn(before.standing, now.standing!)
  must('5.12', onward, 'root_standing', at)
}

function goesOn(before: Standing, now: Standing): boolean {
  return (
    follows(before.release, now.release) &&
    follows(before.stop, now.stop) &&
    follows(before.clears, now.clears) &&
    (now.log.size > before.log.size || (now.log.size === before.log.size && now.log.root === before.log.root))
  )
}

/** The same, or a later one. */
export function follows(before: Reference | null, now: Reference | null): boolean {
  if (before === null) return true
  if (now === null) return false
  return now.version > before.version || (now.version === before.version && now.digest === before.digest)
}
