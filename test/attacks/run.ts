import type { OpenOptions, VerifiedState } from '../../src/bundle/state.ts'
import { createWorld } from '../support/world.ts'
import type { Attack } from './attack.ts'
import { bundleAttacks } from './bundles.ts'
import { headAttacks } from './heads.ts'
import { keyAttacks } from './keys.ts'
import { logAttacks } from './logs.ts'
import { partAttacks } from './parts.ts'
import { pollutionAttacks } from './pollution.ts'
import { releaseAttacks } from './releases.ts'
import { rootAttacks } from './roots.ts'
import { statementAttacks } from './statements.ts'
import { stopAttacks } from './stops.ts'

export const ATTACKS: readonly Attack[] = [
  ...statementAttacks,
  ...keyAttacks,
  ...rootAttacks,
  ...headAttacks,
  ...logAttacks,
  ...releaseAttacks,
  ...stopAttacks,
  ...partAttacks,
  ...bundleAttacks,
  ...pollutionAttacks,
]

/** The library under test: whichever build of it, in whichever runtime. */
export interface Library {
  readonly openState: (options: OpenOptions) => Promise<VerifiedState>
}

export interface Verdict {
  readonly id: string
  readonly expected: string
  /** `ok`, the code of the refusal, or the name of an error that should not have been. */
  readonly got: string
  readonly message: string
}

/** Stages one attack and says what the verifier makes of it. `before` comes between the two. */
export async function judge({ openState }: Library, attack: Attack, before = () => {}): Promise<Verdict> {
  const step = await attack.stage(options => createWorld({ ...options, open: openState }))
  before()
  const { id, expected } = attack
  try {
    const state = await step()
    return { id, expected, got: attack.accepted?.(state) ?? 'ok', message: '' }
  } catch (error) {
    const { code, name, message } = error as { code?: unknown; name?: string; message?: string }
    return { id, expected, got: typeof code === 'string' ? code : `${name}`, message: `${message}` }
  }
}

/** Uses nothing but the library and what every runtime has. */
export async function runAttacks(library: Library, report: (verdict: Verdict) => void): Promise<void> {
  for (const attack of ATTACKS) report(await judge(library, attack))
}
