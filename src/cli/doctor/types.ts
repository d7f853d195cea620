import type { Memory } from '../../bundle/memory.ts'
import type { Standpoint } from '../../publisher/change/ground.ts'
import type { Due } from '../../publisher/publish/due.ts'
import type { Problem } from '../../publisher/workspace/problem.ts'
import type { Workspace } from '../../publisher/workspace/types.ts'
import type { RootState } from '../../trust/root.ts'
import type { Place } from '../place.ts'
import type { KeyFound } from './keyfiles.ts'

/** What was read, or why it could not be. */
export type Tried<T> = { readonly value: T } | { readonly error: unknown }

/** All that the checks look at, read once. */
export interface Examined {
  readonly now: number
  readonly place: Place
  readonly workspace: Workspace | undefined
  /** Errors that keep files from being read. */
  readonly problems: readonly Problem[]
  readonly root: Tried<RootState>
  readonly keys: readonly KeyFound[]
  readonly environments: readonly ExaminedEnvironment[]
}

export interface ExaminedEnvironment {
  readonly name: string
  readonly standpoint: Tried<Standpoint>
  /** What this machine has seen in force, or somebody who had the workspace before. */
  readonly seen: Tried<Memory | undefined>
  readonly due: readonly Due[]
}

export interface Verdict {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly what: string
  readonly code?: string
  /** In place of the check's. */
  readonly cure?: string
}

/** A row of the table of checks. What it needs and cannot be read is told by the row that reads it; it says nothing. */
export interface Check {
  readonly name: string
  readonly cure: string
  look(examined: Examined): readonly Verdict[] | Promise<readonly Verdict[]>
}

export const ok = (what: string): Verdict => ({ level: 'ok', what })
export const warn = (what: string, more: Pick<Verdict, 'code' | 'cure'> = {}): Verdict => ({
  level: 'warn',
  what,
  ...more,
})
export const fail = (what: string, more: Pick<Verdict, 'code' | 'cure'> = {}): Verdict => ({
  level: 'fail',
  what,
  ...more,
})

export function read<T>(tried: Tried<T>): T | undefined {
  return 'value' in tried ? tried.value : undefined
}
