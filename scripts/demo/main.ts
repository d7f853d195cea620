/**
 * `npm run demo`: the whole of Ensign in one run, in a temporary folder, with real keys, a real server and a real
 * client. `--keep` leaves the folder, `--json` prints one object. Exit code 1 if anything did not happen as said.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../src/index.node.ts'
import { playAttacks } from './assault.ts'
import { approveAs, proposeFiles, publishChange, signStop } from './change.ts'
import { ENVIRONMENT, PROJECT } from './files.ts'
import { verifyHistory } from './history.ts'
import { openShop } from './shop.ts'
import { createTeller, type Teller } from './tell.ts'
import { until } from './until.ts'

const LIMIT_MS = 30_000
const USERS = Array.from({ length: 10_000 }, (_, i) => ({ userId: `user-${i}` }))

const args = new Set(process.argv.slice(2))
const json = args.has('--json')
const keep = args.has('--keep')
const unknown = [...args].filter(one => one !== '--json' && one !== '--keep')
if (unknown.length > 0) {
  process.stderr.write(`demo: no option ${unknown.join(', ')}; there are --keep and --json\n`)
  process.exit(2)
}

const startedAt = performance.now()
const env = process.env
const coloured = process.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
const teller = createTeller({ silent: json, coloured })
const folder = await mkdtemp(join(tmpdir(), 'ensign-demo-'))
const closers: (() => Promise<unknown>)[] = []

let ending = false

/** The first that ends it has the word: what breaks because of that is no news. */
async function end(problem?: unknown): Promise<void> {
  if (ending) return
  ending = true
  for (const close of closers.reverse()) await close().catch(() => undefined)
  if (!keep) await rm(folder, { recursive: true, force: true })
  const ok = problem === undefined && teller.claims.every(claim => claim.ok)
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  const error = problem === undefined ? undefined : describe(problem)
  if (json) {
    const report = { ok, seconds, ...(keep && { folder }), ...(error && { error }), claims: teller.claims }
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  } else {
    if (problem !== undefined) process.stdout.write(`\nThe demo broke off: ${error}\n`)
    const where = keep ? `The workspace is in ${folder}.` : 'Nothing is left behind; --keep leaves the workspace.'
    const verdict = ok ? 'All of it happened as said' : 'Not all of it happened as said'
    process.stdout.write(`\n${verdict}, in ${seconds} s. ${where}\n`)
  }
  process.exit(ok ? 0 : 1)
}

function describe(problem: unknown): string {
  const { code, message } = problem as { code?: string; message?: string }
  return code === undefined ? String(message) : `${message} (${code})`
}

setTimeout(() => void end(new Error(`it took more than ${LIMIT_MS / 1000} s`)), LIMIT_MS).unref()
process.once('SIGINT', () => void end(new Error('interrupted')))

await play(teller).then(() => end(), end)

async function play({ chapter, line, claim }: Teller): Promise<void> {
  chapter(
    'A workspace, four people, a root of trust',
    'Flags are files. Each person has a key of their own; the root, signed by two of them, says who may do what.',
  )
  const shop = await openShop(folder)
  closers.push(
    () => shop.server.drain(0),
    () => shop.publishing.close(),
  )
  line('ana   writes flags and proposes changes')
  line('ben   approves; two people other than the author must')
  line('cleo  approves')
  line('dan   is on call: he may stop a flag, and nothing else')
  line(`The server at ${shop.url} publishes what they sign. It has no say in it.`)

  chapter(
    'A change is proposed, approved, published',
    'The release counts only with enough signatures over its very bytes.',
  )
  const { checks, events } = await proposeFiles(shop, 'first', 'the new checkout, for a tenth', 'PAY-117')
  claim(`ana proposed ${events.length} edits; ${checks.tests.passed} flag tests passed`, checks.tests.passed === 3, {
    edits: events.map(({ action, flag_key }) => `${action} ${flag_key}`),
  })
  const early = await publishChange(shop, 'first').then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  )
  claim(`published too early, it is refused: ${early}`, early === 'threshold', { code: early })
  const own = await approveAs(shop, 'first', 'ana').then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  )
  claim(`ana cannot approve her own change: ${own}`, own === 'own_change', { code: own })
  await approveAs(shop, 'first', 'ben')
  const approvals = await approveAs(shop, 'first', 'cleo')
  claim(`${approvals.given.join(' and ')} approved`, approvals.given.length === 2, { approvals: approvals.given })
  const first = await publishChange(shop, 'first')
  claim(`release ${first.release.version} is in force, entry ${first.log.size - 1} of the log`, first.log.size === 1, {
    release: first.release.digest,
  })

  chapter('A client streams, verifies and evaluates', 'It pins the root. Nothing about a user leaves the process.')
  const flags = createClient({ url: shop.url, project: PROJECT, environment: ENVIRONMENT, root: shop.root })
  closers.push(() => flags.close())
  const ready = await flags.ready()
  claim(`the client is ${ready.status}, and knows who signed`, ready.status === 'current', {
    author: flags.provenance().inForce?.release.author,
    signers: flags.provenance().inForce?.release.signers,
  })
  const some = { userId: 'user-7' }
  const pageSize = flags.value('page-size', some, 20)
  line(`isEnabled('new-checkout', { userId: 'user-7' })                 ${flags.isEnabled('new-checkout', some)}`)
  const staff = flags.explain('new-checkout', { ...some, role: 'staff' })
  line(`isEnabled('new-checkout', { userId: 'user-7', role: 'staff' })  ${staff.enabled}, by rule ${staff.rule}`)
  line(`value('page-size', { userId: 'user-7' }, 20)                    ${pageSize}`)
  claim('the answers are those of the files', staff.rule === 'staff' && pageSize === 50, { pageSize })
  const onOf = () => USERS.map(user => flags.isEnabled('new-checkout', user))
  const before = onOf()

  chapter('The rollout grows from 10 % to 25 %', `Asked for ${USERS.length} users before and after.`)
  await shop.edit('flags/new-checkout.yaml', 'rollout: 10', 'rollout: 25')
  await proposeFiles(shop, 'grow', 'numbers are good', 'PAY-121')
  await approveAs(shop, 'grow', 'ben')
  await approveAs(shop, 'grow', 'cleo')
  await publishChange(shop, 'grow')
  await until('release 2 in the client', () => flags.provenance().inForce?.release.version === 2)
  const after = onOf()
  const count = (of: readonly boolean[]) => of.filter(Boolean).length
  const joined = after.filter((on, i) => on && !before[i]).length
  const left = before.filter((on, i) => on && !after[i]).length
  const percent = (n: number) => `${((n * 100) / USERS.length).toFixed(1)} %`
  claim(
    `on for ${percent(count(before))}, then for ${percent(count(after))}`,
    isNear(before, 0.1) && isNear(after, 0.25),
  )
  claim(`${joined} users moved in, ${left} moved out`, left === 0 && joined === count(after) - count(before), {
    users: USERS.length,
    before: count(before),
    after: count(after),
    joined,
    left,
  })

  chapter('Dan stops a flag', 'One signature switches off. Only an approved release switches on again.')
  const was = flags.isEnabled('recommendations', some)
  const stop = await signStop(shop, 'recommendations', 'errors at the till')
  const sentAt = performance.now()
  const off = new Promise<number>(resolve => {
    flags.on('change', () => flags.isEnabled('recommendations', some) || resolve(performance.now() - sentAt))
  })
  await shop.desk.stop(stop)
  const ms = Math.round(await off)
  claim(`${ms} ms from handing in the stop to off in the client, checked, logged and streamed`, was, { ms })

  await playAttacks(shop, flags, teller, first.head)

  chapter('The history verifies', 'Every entry is in the log, every statement is as signed, every quorum was met.')
  const { report, rows } = await verifyHistory(shop)
  for (const { entry, what, signed } of rows) line(`entry ${entry}  ${what.padEnd(9)}  signed by ${signed.join(', ')}`)
  const { entries, releases, stops, findings } = report
  const whole = entries === 3 && releases === 2 && stops === 1
  claim(`${entries} entries, ${findings.length} findings`, whole && findings.length === 0, { ...report, rows })
}

/** A share of users is never exact; four standard deviations are one run in 16,000, and these users are always the same. */
function isNear(on: readonly boolean[], share: number): boolean {
  const deviation = Math.sqrt(share * (1 - share) * on.length)
  return Math.abs(on.filter(Boolean).length - share * on.length) < 4 * deviation
}
