import type { Json } from '../../base/json.ts'
import { saidBy } from '../codes.ts'
import type { Call, Command } from '../command.ts'
import { type Checked, ITEMS, type Item, type Mark, runChecklist } from '../inspect/checklist.ts'
import { type Claims, printable, readClaims } from '../inspect/claims.ts'
import { findWhat } from '../inspect/found.ts'
import { columns, count } from '../print.ts'

export const inspect: Command = {
  name: 'inspect',
  topic: 'audit',
  summary: 'show what a bundle, a store or a server says, verified or not',
  about:
    'Reads forms and limits alone, so it also shows what a client would refuse; it says that nothing of it was verified. With\n--root it runs the checklist of `ensign verify` as well and marks each item. Ends with 1 where something cannot be read,\nor a check fails.',
  args: [{ name: 'what', about: 'a bundle file, a store, or the URL of a bundle, of a server, or of its environment' }],
  options: [
    { flags: '--root <file>', about: 'the pinned root statement: verify, and mark each item' },
    { flags: '--project <id>', about: 'the project, where it is not clear' },
    { flags: '-e, --environment <name>', about: 'the environment, where it is not clear' },
    { flags: '--allow-stale', about: 'an expired head is told and not refused' },
  ],
  examples: [
    { command: 'ensign inspect bundle.ndjson', shows: 'what a file says that somebody sent' },
    {
      command: 'ensign inspect https://flags.example.com/v1/shop/production --root roots/1.json',
      shows: 'which check a server fails',
    },
  ],
  json: {
    verified: 'true, false, or null where no root was given',
    checks: 'array of {item, verdict: ok | failed | not reached}, null without a root',
    failure: '{code, what, where}, or null',
    project: 'the project',
    environment: 'the environment',
    root: '{version, digest, expires}: the root that the head names',
    head: '{epoch, sequence, issued, expires, signers}; signers are {person, kid, signed}, by their own word',
    log: '{origin, size, root}',
    checkpoint: '{origin, size, root}, or null',
    release: '{version, digest, author, created, effective, since, clears, signers}, or null',
    stops: 'array of {version, flags, reason, incident, signers}',
    parts: 'array of {digest, size, flags, segments}, or null',
    flags: 'how many',
    segments: 'how many',
    faulty: 'keys of flags and segments that evaluate to an error',
    problems: 'array of {item, code, what}: what cannot be read',
  },
  async run(call) {
    const found = await findWhat(call)
    const claims = await readClaims(found)
    const checked = call.text('root') === undefined ? undefined : await runChecklist(call, found, claims)
    const { note: _, ...said } = claims
    const failure = checked?.failure
    return {
      json: {
        verified: checked === undefined ? null : failure === undefined,
        checks: checked === undefined ? null : [...checked.marks].map(([item, verdict]) => ({ item, verdict })),
        failure:
          failure === undefined ? null : { code: failure.code, what: saidBy(failure), where: failure.at ?? null },
        ...(said as unknown as Record<string, Json>),
      },
      text: [...headline(call, claims, checked), table(call, claims, checked), ...problems(call, claims)].join('\n'),
      exit: failure !== undefined || checked?.stale === true || claims.problems.length > 0 ? 1 : 0,
    }
  },
}

function headline({ paint, ...call }: Call, { project, environment }: Claims, checked: Checked | undefined): string[] {
  const name = `${project}/${environment}`
  if (checked === undefined) {
    return [`${name}: ${paint.yellow('not verified')}, this is what it says of itself; --root FILE verifies it`, '']
  }
  const { failure } = checked
  const root = call.text('root')
  if (failure === undefined) {
    return [
      `${name}: ${paint.green('verified')} under ${root}${checked.stale ? `, ${paint.yellow('and expired')}` : ''}`,
      '',
    ]
  }
  const where = failure.at === undefined ? '' : `, at ${failure.at}`
  return [
    `${name}: ${paint.red('refused')} under ${root}, and not verified`,
    `${paint.red('error')}[${failure.code}]: ${saidBy(failure)}${where}`,
    '',
  ]
}

function table({ paint }: Call, claims: Claims, checked: Checked | undefined): string {
  const marks: Readonly<Record<Mark, string>> = { ok: 'ok', failed: 'FAILED', 'not reached': '-' }
  const rows = ITEMS.flatMap(item =>
    linesOf(item, claims).map((line, i) => {
      const mark = checked?.marks.get(item)
      const shown = i > 0 ? '' : mark === undefined ? '?' : marks[mark]
      return [shown, i > 0 ? '' : item, line]
    }),
  )
  return columns(rows)
    .replaceAll(/^ok/gm, paint.green('ok'))
    .replaceAll(/^FAILED/gm, paint.red('FAILED'))
}

function linesOf(item: Item, claims: Claims): string[] {
  const { root, head, log, checkpoint, release, stops, parts } = claims
  switch (item) {
    case 'root':
      return [`${root.version}${root.expires === null ? '' : `, until ${root.expires}`}`]
    case 'head':
      return [`${head.epoch}/${head.sequence}, issued ${head.issued}, until ${head.expires}`, signed(head.signers)]
    case 'log':
      return [`${log.origin}, ${count(log.size, 'entry', 'entries')}`]
    case 'checkpoint':
      return checkpoint === null
        ? ['none']
        : [`${checkpoint.origin}, ${count(checkpoint.size, 'entry', 'entries')}${sameTree(log, checkpoint)}`]
    case 'release':
      return release === null
        ? ['cannot be read']
        : [`${release.version} by ${release.author}, since ${release.since}`, signed(release.signers)]
    case 'stops':
      return stops.length === 0
        ? ['none']
        : stops.flatMap(({ version, flags, reason, incident, signers }) => [
            `${version}: ${flags.join(', ')} (${printable(reason)}${incident === null ? '' : `, ${printable(incident)}`})`,
            signed(signers),
          ])
    case 'parts':
      return parts === null ? ['cannot be read'] : partLines(claims, parts)
  }
}

const SHOWN_COUNT = 16

function partLines({ flags, segments, faulty }: Claims, parts: NonNullable<Claims['parts']>): string[] {
  const bytes = parts.reduce((sum, { size }) => sum + size, 0)
  const total = `${count(parts.length, 'part')} of ${count(bytes, 'byte')}: ${count(flags ?? 0, 'flag')}, ${count(segments ?? 0, 'segment')}`
  const shown = parts.slice(0, SHOWN_COUNT).map(part => `${part.digest.slice(0, 16)}  ${count(part.size, 'byte')}`)
  const more = parts.length > SHOWN_COUNT ? [`and ${parts.length - SHOWN_COUNT} more`] : []
  return [total, ...shown, ...more, ...(faulty.length > 0 ? [`in error: ${faulty.join(', ')}`] : [])]
}

function sameTree(log: Claims['log'], { origin, size, root }: NonNullable<Claims['checkpoint']>): string {
  return origin === log.origin && size === log.size && root === log.root
    ? ', as the head says'
    : ', NOT as the head says'
}

function signed(signers: Claims['head']['signers']): string {
  const names = signers.map(({ person, kid, signed }) => `${person ?? `unknown key ${kid.slice(0, 8)}`} ${signed}`)
  return `signatures: ${names.join(', ')}`
}

function problems({ paint }: Call, claims: Claims): string[] {
  if (claims.problems.length === 0) return []
  return ['', ...claims.problems.map(({ item, code, what }) => `${paint.red('error')}[${code}]: ${item}: ${what}`)]
}
