import { EnsignError } from '../../src/base/errors.ts'
import { approve, submissionOf } from '../../src/publisher/change/approve.ts'
import { readChange, writeChange } from '../../src/publisher/change/change.ts'
import { readStandpoint } from '../../src/publisher/change/ground.ts'
import { patchOf } from '../../src/publisher/change/patch.ts'
import { propose } from '../../src/publisher/change/propose.ts'
import { review } from '../../src/publisher/change/review.ts'
import { sealStop } from '../../src/publisher/change/stop.ts'
import { expandEnvironment } from '../../src/publisher/expand/environment.ts'
import { runFlagTests } from '../../src/publisher/flagtests/run.ts'
import { lintWorkspace } from '../../src/publisher/lint/lint.ts'
import { NO_ARTIFACTS } from '../../src/publisher/manifest/types.ts'
import { readSoundWorkspace } from '../../src/publisher/workspace/read.ts'
import { ENVIRONMENT } from './files.ts'
import type { Shop } from './shop.ts'

const DAY = 24 * 3600_000

/** Ana proposes what differs between her files and what is in force: linted, tested, signed, in changes/ID/. */
export async function proposeFiles({ dir, view, keys }: Shop, id: string, reason: string, ticket: string) {
  const workspace = await readSoundWorkspace(dir)
  const { ground } = await readStandpoint(view)
  const now = Date.now()
  const { rules } = expandEnvironment(workspace, ENVIRONMENT)
  const lint = await lintWorkspace(workspace, { now, inForce: new Map([[ENVIRONMENT, ground.rules]]) })
  const tests = runFlagTests(workspace, { now })
  const errors = lint.problems.filter(({ level }) => level === 'error')
  if (errors.length + tests.failed + tests.problems.length > 0) {
    throw new EnsignError('lint_failed', 'the files of the demo are not sound')
  }
  const checks = {
    lint: { errors: 0, warnings: lint.problems.length },
    tests: { passed: tests.passed, failed: 0, flags: [...new Set(tests.results.map(({ flag }) => flag))].sort() },
  }
  const made = await propose(
    view,
    {
      id,
      patch: patchOf(ground.rules, rules),
      effective: { from: Math.floor(now / 1000) * 1000, until: now + 7 * DAY },
      telling: {
        actor: { id: 'ana', display_name: 'Ana', auth_method: 'key' },
        story: () => ({ reason, artifacts: { ...NO_ARTIFACTS, ticket } }),
        checks,
        source: { repository: null, commit: null, ci_run: null },
      },
    },
    keys.ana!,
  )
  await writeChange(dir, made)
  return { checks, events: made.draft.manifest.events }
}

/** Somebody else computes for himself what the change does, and signs the very bytes. */
export async function approveAs({ dir, view, keys }: Shop, id: string, person: string) {
  await approve(view, await review(view, await readChange(dir, id)), keys[person]!)
  return (await review(view, await readChange(dir, id))).approvals
}

export const publishChange = async ({ dir, desk }: Shop, id: string) =>
  desk.release(submissionOf(await readChange(dir, id)))

/** One person, one signature: off. */
export async function signStop({ view, keys }: Shop, flag: string, reason: string): Promise<Uint8Array> {
  const { ground } = await readStandpoint(view)
  return sealStop(view, ground, { flags: [flag], reason, incident: 'INC-7' }, keys.dan!)
}
