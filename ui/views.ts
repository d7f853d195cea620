import { diffRules } from '../src/publisher/diff/diff.ts'
import type { Change } from '../src/publisher/diff/types.ts'
import type { PlainRules } from '../src/publisher/rules.ts'
import { own } from '../src/publisher/rules.ts'
import { CHECKS, type Check, type CheckName } from './checks.ts'
import { digest, h, link, table, time } from './dom.ts'
import { count, type Evidence, isRelease, others, people, type ReleaseRow, type TimelineRow } from './evidence.ts'
import { flagPath, summaryOf } from './path.ts'

const SIGNS = { passed: '✓', warning: '!', refused: '✕' } as const
const SPOKEN = { passed: 'passed', warning: 'passed, with a word to you', refused: 'refused' } as const

/** Every check of the list, those that were not reached greyed out. */
export function checkList(checks: ReadonlyMap<CheckName, Check>, running: boolean): HTMLElement {
  const names = Object.keys(CHECKS) as CheckName[]
  const items = names.map(name => {
    const check = checks.get(name)
    const verdict = check?.verdict ?? (running ? 'waiting' : 'unreached')
    const sign = check === undefined ? '·' : SIGNS[check.verdict]
    const spoken = check === undefined ? (running ? 'not yet checked' : 'not reached') : SPOKEN[check.verdict]
    return h(
      'li',
      { class: verdict },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h(
        'span',
        {},
        h('strong', {}, CHECKS[name]),
        h('span', { class: 'hidden' }, `: ${spoken}.`),
        ' ',
        h(
          'span',
          { class: 'detail' },
          check?.code === undefined ? '' : h('code', {}, check.code),
          ' ',
          check?.detail ?? '',
        ),
      ),
    )
  })
  return h('ol', { class: 'checks' }, items)
}

export function overview({ state, genesis }: Evidence): HTMLElement {
  const { head, release, signers, environment, root } = state
  const facts: readonly (readonly [string, HTMLElement | string])[] = [
    ['Release', h('span', {}, `${release.version} `, digest(head.state.release.digest))],
    ['In force since', time(head.state.since)],
    ['Author', release.author],
    ['Approved by', people(others(signers.release, release.author)) || 'nobody: none is asked for here'],
    ['Approvals asked for', String(environment.approvals)],
    ['Fresh until', time(head.expires)],
    ['Log', `${head.log.size} entries, ${head.log.origin}`],
    ['Root', h('span', {}, `${root.payload.version}, first `, digest(genesis))],
  ]
  const roles = [
    ['Root', root.payload.root.members, `${root.payload.root.threshold} of them`],
    ['Author', environment.author, ''],
    ['Approve', environment.approve, `${environment.approvals} other than the author`],
    ['Stop', environment.stop, 'any one'],
    ['Publish', environment.publish, 'machines; they make no rules'],
  ] as const
  return h(
    'section',
    {},
    h('h2', {}, 'In force'),
    h(
      'dl',
      { class: 'facts' },
      facts.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
    ),
    table(
      'Who may do what',
      ['Role', 'People', 'How many'],
      roles.map(([name, members, many]) => [name, members.join(', ') || 'nobody', many]),
    ),
  )
}

export function flagList({ rules, state }: Evidence, base: string): HTMLElement {
  const stopped = new Set(state.stops.flatMap(stop => stop.flags))
  const rows = Object.entries(rules.flags).map(([key, flag]) => ({ key, flag }))
  const body = h('div', {})
  const show = (word: string) => {
    const found = rows.filter(row => row.key.toLowerCase().includes(word.toLowerCase()))
    body.replaceChildren(
      table(
        `${found.length} of ${rows.length} flags`,
        ['Flag', 'Type', 'Here', 'Serves'],
        found
          .slice(0, 500)
          .map(({ key, flag }) => [
            link(`${base}/flags/${encodeURIComponent(key)}`, key),
            flag.type,
            stopped.has(key)
              ? h('span', { class: 'tag stop' }, 'stopped')
              : flag.on
                ? h('span', { class: 'tag on' }, 'on')
                : h('span', { class: 'tag' }, 'off'),
            summaryOf(flag),
          ]),
      ),
    )
  }
  show('')
  const input = h('input', {
    type: 'search',
    id: 'find',
    autocomplete: 'off',
    input: event => show((event.target as HTMLInputElement).value),
  })
  return h('section', {}, h('h2', {}, 'Flags'), h('p', {}, h('label', { for: 'find' }, 'Find '), input), body)
}

export function flagView({ rules, state }: Evidence, key: string): HTMLElement {
  const flag = own(rules.flags, key)
  if (flag === undefined)
    return h('section', {}, h('h2', {}, key), h('p', {}, 'There is no flag of this name in the release.'))
  const stops = state.stops.filter(stop => stop.flags.includes(key))
  return h(
    'section',
    {},
    h('h2', {}, key),
    stops.map(stop =>
      h(
        'p',
        { class: 'note stop' },
        `Stop ${stop.version} of ${stop.created}: ${stop.reason}`,
        stop.incident === null ? '' : ` (${stop.incident})`,
      ),
    ),
    table(
      'Variants',
      ['Name', 'Value', ''],
      flag.variants.map(([name, value], i) => [
        h('span', {}, h('span', { class: `swatch arm-${i % 6}`, 'aria-hidden': 'true' }), ' ', name),
        h('code', {}, JSON.stringify(value)),
        i === flag.off ? 'off' : '',
      ]),
    ),
    h('h3', {}, 'The way through its rules'),
    flagPath(flag, stops.length > 0),
  )
}

export function timelineView({ timeline, more }: Evidence, base: string): HTMLElement {
  const items = timeline.map(row => h('li', { class: row.kind }, timelineRow(row, base)))
  return h(
    'section',
    {},
    h('h2', {}, 'Releases and stops'),
    h('ol', { class: 'timeline' }, items),
    more ? h('p', {}, 'Older entries are in the log and were not opened here.') : undefined,
  )
}

function timelineRow(row: TimelineRow, base: string): HTMLElement {
  if (row.kind === 'release') {
    const { payload, signed } = row.of
    const approvers = people(others(signed, payload.author))
    return h(
      'div',
      {},
      link(`${base}/releases/${payload.version}`, `Release ${payload.version}`),
      ' by ',
      h('strong', {}, payload.author),
      approvers === '' ? ', unreviewed' : `, approved by ${approvers}`,
      ' · ',
      time(row.since),
    )
  }
  if (row.kind === 'stop') {
    const { payload, signed } = row.of
    return h(
      'div',
      {},
      h('strong', {}, `Stop ${payload.version}`),
      ` of ${payload.flags.join(', ')} by ${people(signed)}: ${payload.reason} · `,
      time(payload.created),
    )
  }
  const { payload, signed } = row.of
  return h(
    'div',
    {},
    `${payload.action} by ${people(signed) || 'an unknown key'}: ${payload.reason} · `,
    time(payload.created),
  )
}

export function releaseView(evidence: Evidence, version: number, base: string): HTMLElement {
  const releases = evidence.timeline.filter(isRelease)
  const row = releases.find(one => one.of.payload.version === version)
  if (row === undefined)
    return h('section', {}, h('h2', {}, `Release ${version}`), h('p', {}, 'It is not among those that were opened.'))
  const told = h('div', { 'aria-live': 'polite' }, 'Reading its manifest…')
  evidence.manifestOf(row).then(
    manifest =>
      told.replaceChildren(
        table(
          'What the author told, and what was computed again here',
          ['Action', 'Flag', 'Reason', 'Ticket'],
          manifest.events.map(event => [
            event.action,
            event.flag_key,
            event.reason,
            event.linked_artifacts.ticket ?? '',
          ]),
        ),
      ),
    error => told.replaceChildren(h('p', { class: 'note stop' }, `Refused: ${(error as Error).message}`)),
  )
  const { payload, signed, digest: name } = row.of
  return h(
    'section',
    {},
    h('h2', {}, `Release ${version}`),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'Digest'),
      h('dd', {}, digest(name)),
      h('dt', {}, 'Took effect'),
      h('dd', {}, time(row.since)),
      h('dt', {}, 'Author'),
      h('dd', {}, payload.author),
      h('dt', {}, 'Signed'),
      h(
        'dd',
        {},
        signed.map(one =>
          h(
            'div',
            {},
            `${one.person}, by own account at `,
            time(new Date(one.iat * 1000).toISOString().replace('.000', '')),
          ),
        ),
      ),
    ),
    told,
    difference(evidence, releases, row, base),
  )
}

function difference(evidence: Evidence, releases: readonly ReleaseRow[], row: ReleaseRow, base: string): HTMLElement {
  const shown = h('div', { 'aria-live': 'polite' })
  const select = h(
    'select',
    { id: 'other' },
    releases
      .filter(one => one !== row)
      .map(one =>
        h(
          'option',
          { value: one.of.payload.version, selected: one.of.digest === row.of.payload.previous },
          `release ${one.of.payload.version}`,
        ),
      ),
  )
  const show = async () => {
    const other = releases.find(one => String(one.of.payload.version) === select.value)
    if (other === undefined) return shown.replaceChildren(h('p', {}, 'There is no other release to compare with.'))
    try {
      const [before, after] = await Promise.all([evidence.rulesOf(other.of.payload), evidence.rulesOf(row.of.payload)])
      shown.replaceChildren(differenceTable(before, after, base))
    } catch (error) {
      shown.replaceChildren(h('p', { class: 'note stop' }, `Refused: ${(error as Error).message}`))
    }
  }
  select.addEventListener('change', show)
  void show()
  return h(
    'div',
    {},
    h('h3', {}, 'Difference'),
    h('p', {}, h('label', { for: 'other' }, 'From '), select, ` to release ${row.of.payload.version}`),
    shown,
  )
}

function differenceTable(before: PlainRules, after: PlainRules, base: string): HTMLElement {
  const changes = diffRules(before, after)
  const cell = (change: Change) =>
    own(after.flags, change.flag_key) === undefined
      ? change.flag_key
      : link(`${base}/flags/${encodeURIComponent(change.flag_key)}`, change.flag_key)
  return table(
    count(changes.length, 'change'),
    ['Flag', 'Action', 'What changes'],
    changes.map(change => [cell(change), change.action, change.summary]),
  )
}

export function stopsView({ state }: Evidence): HTMLElement {
  const rows = state.stops.map((stop, i) => [
    stop.version,
    stop.flags.join(', '),
    stop.reason,
    stop.incident ?? '',
    people(state.signers.stops[i]!),
    time(stop.created),
  ])
  return h(
    'section',
    {},
    h('h2', {}, 'Stops in force'),
    rows.length === 0
      ? h('p', {}, 'None. Every flag is served by its rules.')
      : table('Stops in force', ['Stop', 'Flags', 'Reason', 'Incident', 'Signed by', 'Made'], rows),
  )
}

export function logView({ state, timeline }: Evidence): HTMLElement {
  const { log } = state.head
  const rows = timeline.map(row => {
    const what = row.kind === 'event' ? row.of.payload.action : `${row.kind} ${row.of.payload.version}`
    return [row.index, what, digest(row.of.digest), people(row.of.signed)]
  })
  return h(
    'section',
    {},
    h('h2', {}, 'Log'),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'Origin'),
      h('dd', {}, log.origin),
      h('dt', {}, 'Entries'),
      h('dd', {}, log.size),
      h('dt', {}, 'Root hash'),
      h('dd', {}, digest(log.root)),
    ),
    table('Entries that put something new in force, newest first', ['Entry', 'What', 'Digest', 'Signed by'], rows),
  )
}
