import { formatTime } from '../../../src/base/time.ts'
import type { EventPayload, StopPayload } from '../../../src/bundle/types.ts'
import { sealEvent } from '../../../src/publisher/change/close.ts'
import { type Draft, draftRelease } from '../../../src/publisher/change/draft.ts'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { type Artifacts, NO_ARTIFACTS } from '../../../src/publisher/manifest/types.ts'
import { projectPath, rootPath } from '../../../src/publisher/publish/paths.ts'
import { storeSource } from '../../../src/publisher/publish/sources.ts'
import type { Publisher, ReleaseSubmission } from '../../../src/publisher/publish/types.ts'
import type { PlainRules } from '../../../src/publisher/rules.ts'
import { memoryStore } from '../../../src/publisher/stores/memory.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'
import type { Flag } from '../../../src/rules/types.ts'
import { sealStatement } from '../../../src/trust/seal.ts'
import type { Reference, RootPayload } from '../../../src/trust/types.ts'
import { type Cast, rootOne, theCast } from '../../support/cast.ts'

export const START = Date.UTC(2026, 10, 21, 12, 0, 0)
export const DAY = 24 * 3600_000

export function flag(on: boolean, more: Partial<Flag> = {}): Flag {
  return {
    on,
    type: 'boolean',
    variants: [
      ['on', true],
      ['off', false],
    ],
    off: 1,
    salt: 's',
    rules: [],
    otherwise: { serve: 0 },
    ...more,
  }
}

export const rulesOf = (flags: Readonly<Record<string, Flag>>): PlainRules => ({ flags, segments: {} })

export interface ShopOptions {
  readonly store?: Store
  readonly cast?: Cast
  readonly root?: (root: RootPayload) => RootPayload
  readonly now?: () => number
}

export interface ProposeOptions {
  readonly environment?: string
  readonly signers?: readonly string[]
  readonly author?: string
  readonly clears?: Reference | null
  readonly artifacts?: Partial<Artifacts>
  readonly reason?: string
  readonly change?: (draft: Draft) => Draft
  readonly policy?: string | null
}

export type Shop = Awaited<ReturnType<typeof openShop>>

/** A project with a signed root in a real store, its publishers, and people who propose, approve and stop. */
export async function openShop(options: ShopOptions = {}) {
  const cast = options.cast ?? (await theCast())
  const store = options.store ?? memoryStore()
  const clock = { now: START }
  const now = options.now ?? (() => clock.now)
  const project = 'shop'
  const first = rootOne(cast, project, formatTime(START - DAY), formatTime(START + 365 * DAY))
  const root = await sealStatement(options.root?.(first) ?? first, [cast.alice!, cast.bob!], START / 1000)
  await store.put(projectPath(project, rootPath(1)), root, { ifNoneMatch: true }).catch(() => undefined)

  const publisher = (environment = 'production'): Publisher => ({
    store,
    project,
    environment,
    root,
    now,
    keys: {
      head: cast[environment === 'staging' ? 'stager' : 'publisher']!,
      log: cast[environment === 'staging' ? 'log-staging' : 'log']!,
    },
  })
  const view = (environment = 'production') => ({
    source: storeSource(store, project),
    project,
    environment,
    root,
    now,
  })
  const iat = () => Math.floor(now() / 1000)

  /** A release as its author and approvers have signed it. */
  const propose = async (
    rules: PlainRules,
    more: ProposeOptions = {},
  ): Promise<ReleaseSubmission & { draft: Draft }> => {
    const { environment = 'production', author = 'alice' } = more
    const { ground, root: chain } = await readStandpoint(view(environment))
    const made = await draftRelease(
      ground,
      {
        rules,
        clears: more.clears === undefined ? ground.clears : more.clears,
        created: now(),
        effective: { from: now(), until: now() + 7 * DAY },
      },
      {
        actor: { id: author, display_name: author, auth_method: 'key' },
        story: () => ({ reason: more.reason ?? 'because', artifacts: { ...NO_ARTIFACTS, ...more.artifacts } }),
        required: 1,
        checks: { lint: { errors: 0, warnings: 0 }, tests: { passed: 0, failed: 0, flags: [] } },
        policy: more.policy === undefined ? chain.payload.policy : more.policy,
        source: { repository: null, commit: null, ci_run: null },
      },
    )
    const draft = more.change?.(made) ?? made
    const signers = more.signers ?? (environment === 'staging' ? [author] : [author, 'bob'])
    const release = await sealStatement(
      draft.payload,
      signers.map(name => cast[name]!),
      iat(),
    )
    return { release, index: draft.index, parts: draft.parts, manifest: draft.manifestBytes, draft }
  }

  const stop = async (flags: readonly string[], more: Partial<StopPayload> = {}, signer = 'dave') => {
    const { ground } = await readStandpoint(view())
    const last = ground.stop
    const payload: StopPayload = {
      type: 'stop',
      spec: 1,
      genesis: ground.genesis,
      project,
      environment: 'production',
      version: (last?.version ?? 0) + 1,
      previous: last?.digest ?? null,
      created: formatTime(now()),
      flags,
      reason: 'errors at the till',
      incident: 'INC-7',
      ...more,
    }
    return sealStatement(payload, [cast[signer]!], iat())
  }

  /** Says of a release that it was taken back, or something else that changes no rules. */
  const event = async (action: string, subject: EventPayload['subject'], signer = 'alice') => {
    const { ground } = await readStandpoint(view())
    return sealEvent(view(), ground, { action, subject, reason: 'a fault was found' }, cast[signer]!)
  }

  return { cast, store, clock, now, project, root, publisher, view, propose, stop, event, iat }
}
