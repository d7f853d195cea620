import { EnsignError } from '../../base/errors.ts'
import { readChange, writeChange, writeRound } from '../../publisher/change/change.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { openChange } from '../../publisher/change/own.ts'
import { keysOf, openKeys, type Patch, patchOf } from '../../publisher/change/patch.ts'
import { propose as build, type Telling } from '../../publisher/change/propose.ts'
import { joinChanges } from '../../publisher/change/train.ts'
import { expandEnvironment } from '../../publisher/expand/environment.ts'
import type { Checks } from '../../publisher/manifest/types.ts'
import type { PlainRules } from '../../publisher/rules.ts'
import { readSoundWorkspace } from '../../publisher/workspace/read.ts'
import { checksOf } from '../checks.ts'
import type { Call, Command, Result } from '../command.ts'
import { ALL } from '../listing.ts'
import { type Place, placeOf, SIGNING, signerOf } from '../place.ts'
import { showProposed } from '../proposing.ts'
import { signingView } from '../remembered.ts'
import { reviewJson } from '../reviewing.ts'
import { artifactsOf, effectiveOf, LINKS, tellingOf, VALID } from '../telling.ts'
import { secretsOf } from '../workspace.ts'

export const propose: Command = {
  name: 'propose',
  topic: 'change',
  summary: 'build the release that makes a change, and sign it as its author',
  about:
    'Takes the difference between the files and what is in force, checks it by lint, tests and policy, and writes it to\nchanges/ID/ as plain files that git and CI can carry. --again puts a change on top of what is in force by now, without\nlooking at the files. --train makes one release of several changes.',
  args: [{ name: 'flags', about: 'only these flags, and segments as segments/KEY', optional: true, many: true }],
  options: [
    ...SIGNING,
    { flags: '--reason <text>', about: 'why' },
    ...LINKS,
    { flags: '--id <id>', about: 'the name of the change' },
    { flags: '--again <id>', about: 'an existing change, on top of what is in force' },
    { flags: '--train <id>', about: 'a change that travels in this one', many: true },
    ...VALID,
    ALL,
  ],
  examples: [
    { command: 'ensign propose -e production --reason "start the test" --as alice', shows: 'everything that differs' },
    { command: 'ensign propose -e production --again checkout-1a2b --as alice', shows: 'the base has moved' },
  ],
  json: { id: 'the change', ...reviewJson.shape },
  async run(call) {
    const place = await placeOf(call)
    const again = call.text('again')
    const train = call.list('train')
    if (again !== undefined) return proposeAgain(call, place, again)
    if (train.length > 0) return proposeTrain(call, place, train)
    return proposeFiles(call, place)
  },
}

async function proposeFiles(call: Call, place: Place): Promise<Result> {
  const { environment } = place
  const view = signingView(place)
  const workspace = await readSoundWorkspace(call.dir)
  call.progress('building the release')
  const standpoint = await readStandpoint(view)
  const { ground } = standpoint
  const secrets = secretsOf(call, workspace)
  const expansion = expandEnvironment(workspace, environment, { secrets })
  const only = call.list('flags')
  const patch = patchOf(ground.rules, expansion.rules, only.length === 0 ? undefined : new Set(only))
  const checks = await checksOf(call, workspace, environment, expansion, ground.rules)
  const reason = call.need('reason')
  const artifacts = artifactsOf(call)
  const signer = await signerOf(place)
  const telling = tellingOf(call, place, signer, checks, () => ({ reason, artifacts }))
  const id = call.text('id') ?? idOf(call, keysOf(patch))
  const made = await build(view, { id, patch, effective: effectiveOf(call), telling }, signer, standpoint)
  return showProposed(call, place, made, await writeChange(call.dir, made))
}

async function proposeAgain(call: Call, place: Place, id: string): Promise<Result> {
  const change = await readChange(call.dir, id)
  const view = signingView(place, change.environment)
  const { patch, manifest } = await openChange(view, change)
  const signer = await signerOf(place)
  const first = manifest.events[0]
  const telling: Telling = {
    actor: { id: signer.person, display_name: signer.person, auth_method: 'key', ...first?.actor },
    story: (flag, action) => {
      const mine = manifest.events.filter(one => one.flag_key === flag)
      const event = mine.find(one => one.action === action) ?? mine[0] ?? first
      if (event === undefined) throw new EnsignError('change_empty', 'the change does nothing')
      return { reason: event.reason, artifacts: event.linked_artifacts }
    },
    checks: manifest.checks,
    source: manifest.source,
  }
  const { clears } = change.payload
  const made = await build(
    view,
    { id, patch, clears, effective: effectiveOf(call), telling, train: change.train },
    signer,
  )
  return showProposed(call, place, made, await writeRound(change, made))
}

async function proposeTrain(call: Call, place: Place, train: readonly string[]): Promise<Result> {
  const changes = await Promise.all(train.map(id => readChange(call.dir, id)))
  const other = changes.find(({ environment }) => environment !== place.environment)
  if (other !== undefined) throw new EnsignError('usage', `${other.id} is for ${other.environment}`)
  const opened = await Promise.all(changes.map(change => openChange(place.view, change)))
  const { patch, clears, story } = joinChanges(opened)
  const standpoint = await readStandpoint(signingView(place))
  const signer = await signerOf(place)
  const checks = await checksOfTrain(call, place, patch, standpoint.ground.rules)
  const telling = tellingOf(call, place, signer, checks, story)
  const id = call.text('id') ?? idOf(call, ['train'])
  const proposal = { id, patch, clears, effective: effectiveOf(call), telling, train }
  const made = await build(place.view, proposal, signer, standpoint)
  return showProposed(call, place, made, await writeChange(call.dir, made))
}

/** Of the files, which hold the changes by now. Where they say something else, their tests tell nothing of the train. */
async function checksOfTrain(call: Call, place: Place, patch: Patch, inForce: PlainRules): Promise<Checks> {
  const workspace = await readSoundWorkspace(call.dir)
  const expansion = expandEnvironment(workspace, place.environment, { secrets: secretsOf(call, workspace) })
  const others = openKeys(expansion.rules, patch)
  if (others.length > 0) {
    call.note(`the files say something else of ${others.join(', ')}: their tests are not counted`)
  }
  return checksOf(call, workspace, place.environment, expansion, inForce, new Set(others))
}

/** The first flag, and two random bytes, so that two people do not meet. */
function idOf(call: Call, keys: readonly string[]): string {
  const name = (keys[0] ?? 'change')
    .replace(/^segments\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  const random = [...call.io.random(2)].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return `${name.replaceAll(/^-+|-+$/g, '').slice(0, 50) || 'change'}-${random}`
}
