import { EnsignError } from '../../base/errors.ts'
import { expandEnvironment } from '../../publisher/expand/environment.ts'
import { printPlace } from '../../publisher/workspace/problem.ts'
import { readSoundWorkspace } from '../../publisher/workspace/read.ts'
import type { Schema } from '../../rules/flags.ts'
import { regex } from '../../rules/re2.ts'
import type { Secret } from '../../rules/sealed.ts'
import { type FakeFlags, fakeOver } from './fake.ts'

export interface FilesOptions {
  readonly environment: string
  /** Milliseconds since 1970; the clock of this machine where absent. */
  readonly now?: () => number
  /** For sealed attributes, by name. */
  readonly secrets?: Readonly<Record<string, Secret>>
}

/**
 * The flags of a workspace as its files say them today, approved or not, without keys. `set`, `override` and `stop` work
 * on top of them.
 */
export async function flagsFromFiles<S = Schema>(
  dir: string,
  { environment, now = Date.now, secrets = {} }: FilesOptions,
): Promise<FakeFlags<S>> {
  const workspace = await readSoundWorkspace(dir)
  const { rules, problems } = expandEnvironment(workspace, environment, { secrets })
  const error = problems.find(problem => problem.level === 'error')
  if (error !== undefined) {
    throw new EnsignError(error.code, error.what, {
      at: printPlace(error.at),
      ...(error.cure === undefined ? {} : { cure: error.cure }),
    })
  }
  return fakeOver<S>(rules, { now, secrets, regex })
}
