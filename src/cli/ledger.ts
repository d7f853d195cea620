import { EnsignError } from '../base/errors.ts'
import { auditRows } from '../publisher/audit/rows.ts'
import type { Ledger } from '../publisher/audit/walk.ts'
import { readHead } from '../publisher/publish/current.ts'
import type { Call } from './command.ts'
import { type Place, placeOf, withText } from './place.ts'

/** The history of the environment of a place. */
export async function ledgerOf(place: Place): Promise<Ledger> {
  const ledger = await ledgerIn(place)
  if (ledger === undefined) throw new EnsignError('no_release', `nothing was published in ${place.environment} yet`)
  return ledger
}

async function ledgerIn(place: Place): Promise<Ledger | undefined> {
  const { source, project, root: pin, environment } = place
  const head = await readHead(source, await place.chain(), environment)
  return head === undefined ? undefined : { source, project, pin, head }
}

/** When a release, a stop or anything else last named each flag, in any environment, by the log: milliseconds. */
export async function lastTouched(call: Call, environments: readonly string[]): Promise<Map<string, number>> {
  const touched = new Map<string, number>()
  for (const environment of environments) {
    const ledger = await ledgerIn(await placeOf(withText(call, { environment })))
    if (ledger === undefined) continue
    const note = ({ entry, code, what }: { entry: number; code: string; what: string }) =>
      call.note(`${environment}, entry ${entry}: ${code}: ${what}`)
    for await (const { flag_key: key, timestamp_utc: time } of auditRows(ledger, note)) {
      if (key !== null) touched.set(key, Math.max(touched.get(key) ?? 0, Date.parse(time)))
    }
  }
  return touched
}
