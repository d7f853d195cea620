import { EnsignError } from '../base/errors.ts'
import { parseTime } from '../base/time.ts'
import type { Telling } from '../publisher/change/propose.ts'
import type { ManifestAuthor } from '../publisher/manifest/build.ts'
import { type Artifacts, type Checks, NO_ARTIFACTS, type SourceOfChange } from '../publisher/manifest/types.ts'
import type { Signer } from '../trust/signer.ts'
import type { Call, Option } from './command.ts'
import type { Place } from './place.ts'

export const LINK_NAMES = ['ticket', 'pr', 'build', 'commit', 'runbook', 'incident', 'experiment'] as const

/** What a change is linked to; each may stand in the environment of a CI run as well. */
export const LINKS: readonly Option[] = LINK_NAMES.map(name => ({
  flags: `--${name} <${name}>`,
  about: `the ${name} that it belongs to; ENSIGN_${name.toUpperCase()} where absent`,
}))

export const VALID: readonly Option[] = [
  { flags: '--not-before <time>', about: 'it may not take effect earlier; now where absent' },
  { flags: '--valid-days <number>', about: 'days after which approvals lapse, 1 to 30', default: '7' },
]

export function artifactsOf(call: Call): Artifacts {
  const found = LINK_NAMES.map(name => [name, call.text(name) ?? call.io.env[`ENSIGN_${name.toUpperCase()}`] ?? null])
  return { ...NO_ARTIFACTS, ...(Object.fromEntries(found) as unknown as Artifacts) }
}

/** What the usual CI systems put into the environment. */
function sourceOf({ io: { env } }: Call): SourceOfChange {
  return {
    repository: env.ENSIGN_REPOSITORY ?? env.GITHUB_REPOSITORY ?? env.CI_PROJECT_URL ?? null,
    commit: env.ENSIGN_COMMIT ?? env.GITHUB_SHA ?? env.CI_COMMIT_SHA ?? null,
    ci_run: env.ENSIGN_CI_RUN ?? env.GITHUB_RUN_ID ?? env.CI_PIPELINE_URL ?? null,
  }
}

export function tellingOf(
  call: Call,
  { people }: Place,
  signer: Signer,
  checks: Checks,
  story: ManifestAuthor['story'],
): Telling {
  const person = people?.content.people.find(({ id }) => id === signer.person)
  const actor = {
    id: signer.person,
    display_name: person?.name ?? signer.person,
    auth_method: person?.auth ?? 'key',
  }
  return { actor, story, checks, source: sourceOf(call) }
}

const DAY = 24 * 3600_000

export function effectiveOf(call: Call): { from: number; until: number } {
  const text = call.text('not-before')
  const from = text === undefined ? Math.floor(call.io.now() / 1000) * 1000 : parseTime(text)
  if (from === undefined) throw new EnsignError('usage', '--not-before takes a time such as 2026-12-01T09:00:00Z')
  const days = Number(call.text('valid-days') ?? 7)
  if (!(Number.isInteger(days) && days >= 1 && days <= 30)) throw new EnsignError('usage', '--valid-days takes 1 to 30')
  return { from, until: from + days * DAY }
}
