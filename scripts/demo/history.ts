import { auditLog } from '../../src/publisher/audit/verify.ts'
import { type Step, walkLog } from '../../src/publisher/audit/walk.ts'
import { readStandpoint } from '../../src/publisher/change/ground.ts'
import type { Shop } from './shop.ts'

/** What `ensign audit verify` says, and who signed what, oldest first. */
export async function verifyHistory({ view, root: pin }: Shop) {
  const { source, project } = view
  const { head } = await readStandpoint(view)
  if (head === undefined) throw new Error('nothing was published')
  const ledger = { source, project, pin, head }
  const report = await auditLog(ledger, view.now())
  const rows: { entry: number; what: string; signed: string[] }[] = []
  for await (const step of walkLog(ledger, () => undefined)) {
    const { what, signed } = describe(step)
    rows.push({ entry: step.index, what, signed })
  }
  return { report, rows }
}

function describe({ release, stop }: Step) {
  const what = release === undefined ? `stop ${stop?.payload.version}` : `release ${release.payload.version}`
  const signed = (release ?? stop)?.signed ?? []
  return { what, signed: signed.map(({ person }) => person).sort() }
}
