import type { Check, CheckName } from './checks.ts'
import { h } from './dom.ts'
import { type Evidence, gather } from './evidence.ts'
import { storeSource } from './source.ts'
import { checkList, flagList, flagView, logView, overview, releaseView, stopsView, timelineView } from './views.ts'

interface Place {
  readonly project: string
  readonly environments: readonly string[]
}

const VIEWS = [
  ['checks', 'Checks'],
  ['flags', 'Flags'],
  ['releases', 'Releases'],
  ['stops', 'Stops'],
  ['log', 'Log'],
] as const

const main = document.querySelector('main')!
const nav = document.querySelector('nav')!
const where = document.querySelector<HTMLElement>('#where')!
let token: string | undefined
let shown:
  | { readonly key: string; readonly evidence: Evidence | undefined; readonly checks: Map<CheckName, Check> }
  | undefined

window.addEventListener('hashchange', () => void route(true))
void route(false)

async function route(moved: boolean): Promise<void> {
  const [project, environment, view = 'checks', ...rest] = location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .map(decodeURIComponent)
  if (!project || !environment) return choose()
  const base = `#/${project}/${environment}`
  document.title = `${project} · ${environment} · Ensign`
  where.textContent = `${project} / ${environment}`
  nav.replaceChildren(
    ...VIEWS.map(([name, title]) =>
      h('a', { href: `${base}/${name}`, 'aria-current': name === view ? 'page' : undefined }, title),
    ),
    h('a', { href: '#' }, 'Change place'),
  )
  const key = `${project}/${environment}`
  if (shown?.key !== key) await verify(key, project, environment)
  if (shown === undefined) return
  const { evidence, checks } = shown
  const content =
    evidence === undefined || view === 'checks' ? checksPage(checks, evidence) : pageOf(view, rest, evidence, base)
  main.replaceChildren(content)
  if (moved) main.focus()
}

function pageOf(view: string, rest: readonly string[], evidence: Evidence, base: string): HTMLElement {
  if (view === 'flags') return rest[0] === undefined ? flagList(evidence, base) : flagView(evidence, rest[0])
  if (view === 'releases')
    return rest[0] === undefined ? timelineView(evidence, base) : releaseView(evidence, Number(rest[0]), base)
  return view === 'stops' ? stopsView(evidence) : logView(evidence)
}

async function verify(key: string, project: string, environment: string): Promise<void> {
  const checks = new Map<CheckName, Check>()
  const draw = (running: boolean) =>
    main.replaceChildren(
      h(
        'section',
        { 'aria-live': 'polite', 'aria-busy': String(running) },
        h('h2', {}, running ? 'Checking, in this browser' : 'Checked, in this browser'),
        checkList(checks, running),
      ),
    )
  draw(true)
  const onCheck = (check: Check) => {
    checks.set(check.name, check)
    draw(true)
  }
  const pinned = sessionStorage.getItem(`root:${project}`) ?? ''
  try {
    const evidence = await gather({
      source: storeSource(project, token),
      project,
      environment,
      now: Date.now(),
      pinned,
      onCheck,
    })
    shown = { key, evidence, checks }
  } catch {
    // The check that failed is drawn, and nothing of what it was about is.
    shown = { key, evidence: undefined, checks }
  }
}

function checksPage(checks: ReadonlyMap<CheckName, Check>, evidence: Evidence | undefined): HTMLElement {
  const failed = evidence === undefined
  const verdict = failed
    ? h(
        'p',
        { class: 'note stop', role: 'alert' },
        'Refused. Nothing of what this store says is shown, because a check did not hold.',
      )
    : h(
        'p',
        { class: 'note' },
        'Every check was made in this browser, over the bytes that the store serves. The server’s word was not taken for anything but the first root.',
      )
  return h(
    'div',
    {},
    h('section', {}, h('h2', {}, failed ? 'Refused' : 'Checked, in this browser'), verdict, checkList(checks, false)),
    evidence && overview(evidence),
  )
}

async function choose(): Promise<void> {
  document.title = 'Ensign'
  where.textContent = ''
  nav.replaceChildren()
  const places = await placesOf()
  const project = h('input', {
    id: 'project',
    required: true,
    pattern: '[a-z0-9][a-z0-9\\-]{0,62}',
    autocomplete: 'off',
  })
  const environment = h('input', {
    id: 'environment',
    required: true,
    pattern: '[a-z0-9][a-z0-9\\-]{0,62}',
    autocomplete: 'off',
  })
  const pin = h('input', { id: 'pin', pattern: '[0-9a-f]{64}', autocomplete: 'off', spellcheck: 'false' })
  const secret = h('input', { id: 'token', type: 'password', autocomplete: 'off' })
  const open = (name: string, place: string) => {
    token = secret.value === '' ? undefined : secret.value
    if (pin.value === '') sessionStorage.removeItem(`root:${name}`)
    else sessionStorage.setItem(`root:${name}`, pin.value)
    shown = undefined
    location.hash = `#/${name}/${place}/checks`
  }
  const submit = (event: Event) => {
    event.preventDefault()
    open(project.value, environment.value)
  }
  const field = (input: HTMLInputElement, title: string, hint = '') =>
    h('p', {}, h('label', { for: input.id }, title), input, hint === '' ? undefined : h('small', {}, hint))
  main.replaceChildren(
    h(
      'section',
      {},
      h('h2', {}, 'Which flags do you want to look at?'),
      places.length === 0
        ? undefined
        : h(
            'ul',
            { class: 'places' },
            places.flatMap(place =>
              place.environments.map(name =>
                h(
                  'li',
                  {},
                  h('button', { type: 'button', click: () => open(place.project, name) }, `${place.project} / ${name}`),
                ),
              ),
            ),
          ),
      h(
        'form',
        { submit },
        field(project, 'Project'),
        field(environment, 'Environment'),
        field(pin, 'Digest of root 1', 'from where your application pins it; empty: believed at first sight'),
        field(secret, 'Token', 'if the server asks for one; kept in memory'),
        h('p', {}, h('button', {}, 'Verify')),
      ),
    ),
  )
}

/** Servers that ask for tokens do not tell names. */
async function placesOf(): Promise<readonly Place[]> {
  try {
    const reply = await fetch('places.json')
    return reply.ok ? ((await reply.json()) as readonly Place[]) : []
  } catch {
    return []
  }
}
