import { access, constants } from 'node:fs/promises'
import { equalBytes, fromBase64url, fromHex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { parseTime } from '../../base/time.ts'
import { isLater } from '../../bundle/later.ts'
import type { Memory } from '../../bundle/memory.ts'
import { openState } from '../../bundle/open.ts'
import { MAX_CHECKPOINT, verifyCheckpoint } from '../../log/checkpoint.ts'
import { type ReadFile, readEdge } from '../../log/tiles.ts'
import type { Standpoint } from '../../publisher/change/ground.ts'
import { treeOf } from '../../publisher/publish/logread.ts'
import { MAX_LOG_STATE, parseLogState, sizeOf } from '../../publisher/publish/logstate.ts'
import { logPath } from '../../publisher/publish/paths.ts'
import { wentBack } from '../../publisher/publish/seen.ts'
import { type Place, storeFolder } from '../place.ts'
import { count } from '../print.ts'
import { warningsOf } from '../warnings.ts'
import { failed } from './failed.ts'
import { type Check, type Examined, fail, ok, read, type Verdict, warn } from './types.ts'

/** Environments that have a head, with where they stand. */
function withHead({ environments }: Examined) {
  return environments.flatMap(one => {
    const standpoint = read(one.standpoint)
    return standpoint?.head === undefined ? [] : [{ ...one, standpoint, head: standpoint.head }]
  })
}

/** Those of the warnings that `ensign status` gives too. */
async function warningsBy(examined: Examined, codes: readonly string[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const { name, standpoint } of withHead(examined)) {
    const found = await warningsOf(examined.place, standpoint).catch(() => [])
    for (const { code, what } of found) if (codes.includes(code)) verdicts.push(warn(`${name}: ${what}`, { code }))
  }
  return verdicts
}

function span(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}

/** The log's own files lead to the root that the head names, and its key has signed as much. */
async function checkLog({ source }: Place, { head, environment }: Standpoint): Promise<Verdict> {
  const { name, epoch, log } = environment
  const { size, root } = head!.log
  const readLog: ReadFile = (path, maxBytes) => source.get(logPath(name, epoch, path), { maxBytes })
  await readEdge(treeOf(head!.log), readLog)
  const note = await readLog('checkpoint', MAX_CHECKPOINT)
  if (note === undefined) throw new EnsignError('checkpoint_mismatch', 'the log has no checkpoint')
  const checkpoint = await verifyCheckpoint(note, { name: log.origin, publicKey: fromBase64url(log.key.x)! })
  const isHeads = checkpoint.size === size && equalBytes(checkpoint.root, fromHex(root)!)
  if (checkpoint.size < size || (checkpoint.size === size && !isHeads)) {
    throw new EnsignError('checkpoint_mismatch', 'the checkpoint is of another log than the head names')
  }
  const state = await readLog('state.json', MAX_LOG_STATE)
  const ordered = state === undefined ? size : sizeOf(parseLogState(state, logPath(name, epoch, 'state.json')))
  if (checkpoint.size > size || ordered > size) {
    return warn(`${name}: an append was cut off before its head was written`, { cure: 'Finish it: `ensign refresh`.' })
  }
  return ok(`${name}: what the head names is the root of ${count(size, 'entry', 'entries')}`)
}

/** As many heads as were seen, or more, and still not after them: a copy from which somebody published anew. */
async function leadsElsewhere({ viewOf }: Place, name: string, memory: Memory): Promise<boolean> {
  const view = viewOf(name)
  const refusal = await openState({ ...view, now: view.now(), allowStale: true, memory }).then(
    () => undefined,
    error => error as unknown,
  )
  return wentBack(refusal, memory) !== refusal
}

export const STORE_CHECKS: readonly Check[] = [
  {
    name: 'store',
    cure: 'Check the folder of --store or ENSIGN_STORE and the rights on it, or the URL of --to.',
    async look({ place, root }) {
      const url = place.call.text('to')
      if (url !== undefined)
        return 'error' in root && isSilent(root.error) ? [failed(root.error)] : [ok('the server answers')]
      const folder = storeFolder(place.call)
      try {
        await access(folder, constants.R_OK | constants.X_OK)
      } catch (error) {
        return [failed(error)]
      }
      const writable = await access(folder, constants.W_OK).then(
        () => true,
        () => false,
      )
      return [writable ? ok('the folder can be read and written') : warn('the folder can be read, and not written')]
    },
  },
  {
    name: 'head',
    cure: 'Look for a newer copy of the store; `ensign inspect` shows which check it fails.',
    look: ({ environments, root }) =>
      'error' in root
        ? []
        : environments.map(({ name, standpoint }) => {
            if ('error' in standpoint) return failed(standpoint.error, `${name}: `)
            const { head, state } = standpoint.value
            if (head === undefined) return ok(`${name}: nothing was published yet`)
            const text = `${name}: head ${head.epoch}/${head.sequence}, release ${head.state.release.version}`
            if (state !== undefined) return ok(`${text} verifies`)
            return fail(`${text}, which the newest root does not support`, { code: 'release_unsupported' })
          }),
  },
  {
    name: 'head lifetime',
    cure: 'Sign a new one: `ensign refresh`, from cron or by the server.',
    look(examined) {
      return withHead(examined).map(({ name, head }) => {
        const left = parseTime(head.expires)! - examined.now
        const life = parseTime(head.expires)! - parseTime(head.issued)!
        if (left <= 0) return fail(`${name}: it expired ${head.expires}`, { code: 'expired' })
        const text = `${name}: it expires in ${span(left)}`
        return left < life / 5 ? warn(text, { code: 'expires_soon' }) : ok(text)
      })
    },
  },
  {
    name: 'root in log',
    cure: 'Log it: `ensign refresh`.',
    look: examined => warningsBy(examined, ['root_not_logged']),
  },
  {
    name: 'log',
    cure: 'Compare the log with another copy: `ensign audit verify`.',
    async look(examined) {
      const verdicts: Verdict[] = []
      for (const { name, standpoint } of withHead(examined)) {
        verdicts.push(await checkLog(examined.place, standpoint).catch(error => failed(error, `${name}: `)))
      }
      return verdicts
    },
  },
  {
    name: 'memory',
    cure: 'Name the store that is up to date. If there is none any more, begin a new epoch: `ensign root epoch`.',
    async look({ environments, place }) {
      const behind = place.store === undefined ? warn : fail
      const verdicts: Verdict[] = []
      for (const { name, seen, standpoint } of environments) {
        if ('error' in seen) verdicts.push(failed(seen.error, `${name}: `))
        if (!('value' in seen) || seen.value === undefined || !('value' in standpoint)) continue
        const { epoch, sequence, release } = seen.value
        const { head, environment } = standpoint.value
        const at = head === undefined ? { epoch: environment.epoch, sequence: 0 } : head
        const what = `${name}: head ${epoch}/${sequence} with release ${release.version} was seen in force,`
        if (isLater(seen.value, at)) {
          verdicts.push(behind(`${what} which is newer`, { code: 'store_went_back' }))
        } else if (head !== undefined && (await leadsElsewhere(place, name, seen.value))) {
          verdicts.push(behind(`${what} from which the store does not go on`, { code: 'store_went_back' }))
        } else verdicts.push(ok(`${name}: nothing newer was seen than what is in force`))
      }
      return verdicts
    },
  },
  {
    name: 'stops',
    cure: 'Deal with them by a release: `ensign resume`, or a change of the flag.',
    async look(examined) {
      const found = await warningsBy(examined, ['stop_not_ratified', 'many_stops'])
      const quiet = withHead(examined).filter(({ name }) => !found.some(({ what }) => what.startsWith(`${name}: `)))
      return [
        ...found,
        ...quiet.map(({ name, standpoint }) => ok(`${name}: ${standpoint.ground.stops.length} in force`)),
      ]
    },
  },
  {
    name: 'scheduled',
    cure: 'Apply it: `ensign publish --due`, from cron or by the server; or `ensign withdraw`.',
    look: ({ environments, now }) =>
      environments.flatMap(({ name, due }) =>
        due
          .filter(({ at }) => parseTime(at)! <= now)
          .map(({ at, release }) =>
            warn(`${name}: release ${release.version} was due ${at}, and nobody has applied it`),
          ),
      ),
  },
]

const isSilent = (error: unknown) => error instanceof EnsignError && error.code === 'unavailable'
