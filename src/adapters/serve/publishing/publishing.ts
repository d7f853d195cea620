import { EnsignError } from '../../../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../../../base/limits.ts'
import { parseTime } from '../../../base/time.ts'
import { type Clock, systemClock } from '../../../client/clock.ts'
import { createBackoff, jittered } from '../../../client/retry.ts'
import type { Desk } from '../../../publisher/publish/desk.ts'
import { publishDue } from '../../../publisher/publish/due.ts'
import { createKept } from '../../../publisher/publish/kept.ts'
import { projectPath, rootPath } from '../../../publisher/publish/paths.ts'
import { refreshHead, submitEvent, submitRelease, submitStop } from '../../../publisher/publish/submit.ts'
import type { Publisher, Receipt } from '../../../publisher/publish/types.ts'
import { environmentOf, openRootChain, type RootState } from '../../../trust/root.ts'
import type { PostRoute } from '../layout.ts'
import { glance } from './glance.ts'

export interface PublishingOptions {
  readonly publisher: Publisher
  /** How often it looks for what is due; default 5,000. */
  readonly tickMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  /** This head is in the store. What only spares clients a request is written once this resolves. */
  readonly onPublished?: (head: Uint8Array) => void | Promise<void>
  readonly onError?: (what: string, error: unknown) => void
}

/** What checks, logs and publishes the statements of one environment, keeps its head fresh, and applies what is due. */
export interface Publishing {
  readonly project: string
  readonly environment: string
  readonly desk: Desk
  /** Throws what is refused without a look at any signature. */
  glance(kind: PostRoute['kind'], statement: Uint8Array): void
  /** Resolves once the environment is known to be in order, or throws why it is not. */
  start(): Promise<void>
  /** Resolves when what is under way has been written. */
  close(): Promise<void>
}

/** A head is renewed after half of its life, so that a publisher may be away for the other half. */
const RENEW_AFTER = 0.5
/** Making a bundle takes the cores that verify the new head; and of several stops in a row it is made once. */
const BUNDLE_AFTER_MS = 100
const WAIT_MS = 1_000
const MAX_WAIT_MS = 30_000

export function createPublishing(options: PublishingOptions): Publishing {
  const publisher: Publisher = {
    ...options.publisher,
    kept: createKept(),
    async onHead(head) {
      try {
        await options.onPublished?.(head)
      } catch (error) {
        // It is published, whoever could not be told.
        options.onError?.('telling of a new head', error)
      }
    },
    onBundle(write) {
      if (bundle === undefined) cancelBundle = clock.after(BUNDLE_AFTER_MS, () => void writeBundle())
      bundle = write
    },
  }
  const { project, environment, store } = publisher
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const backoff = createBackoff(WAIT_MS, MAX_WAIT_MS, random)
  let root: RootState | undefined
  let renewAt = Number.NEGATIVE_INFINITY
  let line: Promise<unknown> = Promise.resolve()
  let cancel = () => {}
  let bundle: (() => Promise<void>) | undefined
  let cancelBundle = () => {}
  let closed = false
  let told: string | undefined

  /** One after the other: the store's compare-and-swap would sort them out as well, with all the work done twice. */
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = line.then(work)
    line = turn.catch(() => undefined)
    return turn
  }

  const writeBundle = (): Promise<void> =>
    inLine(async () => {
      const write = bundle
      bundle = undefined
      await write?.()
    }).catch(error => options.onError?.('writing the bundle', error))

  const note = ({ expires }: Receipt): void => {
    const lifetime = environmentOf(root!, environment).headLifetime * 1000
    // Spread by a tenth, so that two publishers of one environment seldom renew at once.
    renewAt = parseTime(expires)! - lifetime * (1 - RENEW_AFTER) * (0.9 + random() * 0.1)
  }
  const publish = (work: () => Promise<Receipt>): Promise<Receipt> =>
    inLine(async () => {
      const receipt = await work()
      note(receipt)
      return receipt
    })

  const readRoot = async (): Promise<void> => {
    root = await openRootChain({
      pin: publisher.root,
      project,
      from: root,
      read: async version =>
        (await store.get(projectPath(project, rootPath(version)), { maxBytes: MAX_ROOT_ENVELOPE }))?.bytes,
    })
  }

  const tick = async (): Promise<void> => {
    const before = root?.digest
    await readRoot()
    const { receipts, notices } = await inLine(() => publishDue(publisher))
    for (const receipt of receipts) note(receipt)
    for (const { code, what } of notices) options.onError?.('publishing what was due', new EnsignError(code, what))
    // A new root is logged at once, whatever is left of the head.
    if (publisher.now() < renewAt && before === root!.digest) return
    await publish(() => refreshHead(publisher))
  }

  const run = async (): Promise<void> => {
    let wait = jittered(options.tickMs ?? 5_000, random)
    try {
      await tick()
      backoff.reset()
      told = undefined
    } catch (error) {
      const code = error instanceof EnsignError ? error.code : 'unavailable'
      wait = WAIT_MS + backoff.next()
      // An environment without a first release has no head to renew, and that is no fault.
      if (code !== 'no_release' && code !== told) options.onError?.(`publishing ${project}/${environment}`, error)
      told = code
    }
    if (!closed) cancel = clock.after(wait, () => void run())
  }

  return {
    project,
    environment,
    desk: {
      stop: statement => publish(() => submitStop(publisher, statement)),
      release: submission => publish(() => submitRelease(publisher, submission)),
      event: statement => publish(() => submitEvent(publisher, statement)),
    },
    glance(kind, statement) {
      if (root !== undefined) glance(kind, statement, root, environment)
    },
    async start() {
      await readRoot()
      await run()
    },
    async close() {
      closed = true
      cancel()
      await line
      cancelBundle()
      await writeBundle()
    },
  }
}
