import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json } from '../../base/json.ts'
import { bodyOf, draftRoot, type RootBody, withEpoch, withKeys, withoutPerson } from '../../publisher/ceremony/draft.ts'
import {
  envelopeOfRoot,
  keepRoot,
  kidOf,
  readRootDraft,
  signRootDraft,
  writeRootDraft,
} from '../../publisher/ceremony/files.ts'
import { publishRoot } from '../../publisher/ceremony/publish.ts'
import { standingOf } from '../../publisher/ceremony/standing.ts'
import { lintWorkspace } from '../../publisher/lint/lint.ts'
import { policyOf, printPolicy } from '../../publisher/policy/files.ts'
import { readHead } from '../../publisher/publish/current.ts'
import { refreshHead } from '../../publisher/publish/submit.ts'
import { readSoundWorkspace } from '../../publisher/workspace/read.ts'
import type { Workspace } from '../../publisher/workspace/types.ts'
import { digestOf } from '../../trust/digest.ts'
import { publicJwk } from '../../trust/signer.ts'
import type { RootPayload, Standing } from '../../trust/types.ts'
import type { Call, Command, Result } from '../command.ts'
import { NAMED_ENVIRONMENT } from '../options.ts'
import {
  needStore,
  type Place,
  PUBLISHING,
  placeOf,
  publisherOf,
  READING,
  SIGNING,
  STORE,
  signerAmong,
  TO,
} from '../place.ts'
import { refuseProblems, secretsOf } from '../workspace.ts'

const DAYS = { flags: '--days <number>', about: 'until it expires, at most 400', default: '365' }
const SIZE = { flags: '--log-size <number>', about: 'vouch for the state when the log of --environment had this size' }
const json = { version: 'of the root', digest: 'what is signed', needs: 'who still has to sign' }

export const rootPropose: Command = {
  name: 'root propose',
  topic: 'trust',
  summary: 'start the next root',
  about:
    'Takes people, roles and environments from --from (YAML or JSON, as `ensign root show --edit` prints them), or as they\nare; the policy from policy.yaml; and fills in what is in force as standing. Members then sign with `ensign root sign`.',
  options: [...READING, { flags: '--from <file>', about: 'the new people, roles and environments' }, DAYS],
  examples: [
    { command: 'ensign root propose --from root.yaml', shows: 'after an edit of what `root show --edit` gave' },
  ],
  json,
  async run(call) {
    const from = call.text('from')
    const place = await placeOf(call)
    return propose(call, place, async body => {
      const edited = from === undefined ? body : (parse(await readFile(resolve(call.io.cwd, from), 'utf8')) as RootBody)
      const policy = policyOf(await soundPolicy(call))
      return { ...edited, policy: policy === undefined ? null : printPolicy(policy).digest }
    })
  },
}

/** A rule for an environment or role that nobody knows would hold for nothing, and nobody would notice. */
async function soundPolicy(call: Call): Promise<Workspace> {
  const workspace = await readSoundWorkspace(call.dir)
  const files = new Set([workspace.policy?.file, workspace.people?.file])
  const { problems } = await lintWorkspace(workspace, { now: call.io.now(), secrets: secretsOf(call, workspace) })
  refuseProblems(problems.filter(({ at }) => files.has(at.file)))
  return workspace
}

export const rootRevoke: Command = {
  name: 'root revoke',
  topic: 'trust',
  summary: 'start a root in which a person is nobody any more',
  about: 'What the person signed and is in force stands, because the new root vouches for it; nothing new counts.',
  args: [{ name: 'person', about: 'the id' }],
  options: [...READING, DAYS],
  examples: [{ command: 'ensign root revoke bob', shows: 'bob has left, or his key was stolen' }],
  json,
  async run(call) {
    return propose(call, await placeOf(call), async body => withoutPerson(body, call.need('person')))
  },
}

export const rootEpoch: Command = {
  name: 'root epoch',
  topic: 'trust',
  summary: 'start a root that begins the heads and the log of an environment anew',
  about:
    'After a publish key was stolen, or a store restored from a backup. --publisher and --publisher-key put a new key in\nplace of the old one. --log-size goes back behind what a thief had logged.',
  options: [
    NAMED_ENVIRONMENT,
    STORE,
    TO,
    DAYS,
    SIZE,
    { flags: '--empty', about: 'the environment never had a release, so that nothing stands in it' },
    { flags: '--publisher <id>', about: 'the machine that gets a new key' },
    { flags: '--publisher-key <file>', about: 'its public JWK, as `ensign keys export` prints it' },
  ],
  examples: [
    {
      command: 'ensign root epoch -e production --publisher publisher --publisher-key new.json',
      shows: 'the publish key was stolen',
    },
  ],
  json,
  async run(call) {
    const place = await placeOf(call, { named: true })
    const [publisher, file] = [call.text('publisher'), call.text('publisher-key')]
    if ((publisher === undefined) !== (file === undefined)) {
      throw new EnsignError('usage', '--publisher and --publisher-key go together')
    }
    const seen = await place.seenOf(place.environment).load()
    if (seen !== undefined && call.has('empty')) {
      throw new EnsignError(
        'standing_unknown',
        `${place.environment} is not empty: release ${seen.release.version} was seen in force there`,
      )
    }
    const head = await readHead(place.source, await place.chain(), place.environment)
    if (seen !== undefined && head !== undefined && head.epoch === seen.epoch && head.sequence < seen.sequence) {
      const [last, now] = [seen.release.version, head.state.release.version]
      call.note(`release ${last} was seen in force in ${place.environment}; what will stand is release ${now}`)
    }
    return propose(call, place, async body => {
      const next = withEpoch(body, place.environment)
      if (publisher === undefined || file === undefined) return next
      const jwk = publicJwk(JSON.parse(await readFile(resolve(call.io.cwd, file), 'utf8')) as object)
      return withKeys(next, publisher, [jwk])
    })
  },
}

export const rootShow: Command = {
  name: 'root show',
  topic: 'trust',
  summary: 'show the root in the making, or the newest one',
  options: [...READING, { flags: '--edit', about: 'the part of the newest one that people decide, as JSON' }],
  examples: [{ command: 'ensign root show', shows: 'before signing it' }],
  json: { root: 'the payload', needs: 'who still has to sign' },
  async run(call) {
    const place = await placeOf(call)
    const { payload } = await place.chain()
    if (call.has('edit')) {
      const body = bodyOf(payload) as unknown as Json
      return { json: { root: body, needs: [] }, text: JSON.stringify(body, null, 2) }
    }
    const draft = await readRootDraft(call.dir).catch(error => {
      if (error instanceof EnsignError && error.code === 'root_draft') return undefined
      throw error
    })
    const shown = draft?.payload ?? payload
    const needs = draft === undefined ? [] : await needsOf(call, place)
    return {
      json: { root: shown as unknown as Json, needs },
      text: `${JSON.stringify(shown, null, 2)}${needs.length === 0 ? '' : `\nstill to sign: ${needs.join('; ')}`}`,
    }
  },
}

export const rootSign: Command = {
  name: 'root sign',
  topic: 'trust',
  summary: 'sign the root in the making, as one of its members',
  options: [...SIGNING],
  examples: [{ command: 'ensign root sign --as alice', shows: 'the files then go to the next member' }],
  json,
  async run(call) {
    const place = await placeOf(call)
    const draft = await readRootDraft(call.dir)
    const { payload } = await place.chain()
    // A new member signs with a key that only the new root knows.
    const people = [...payload.people, ...draft.payload.people]
    const signer = await signerAmong(call, unique(people))
    const members = new Set([...payload.root.members, ...draft.payload.root.members])
    if (!members.has(signer.person)) throw new EnsignError('root_member', `${signer.person} is no root member`)
    await signRootDraft(call.dir, draft, signer, call.io.now())
    return shown(call, place, draft.payload)
  },
}

export const rootPublish: Command = {
  name: 'root publish',
  topic: 'trust',
  summary: 'put the signed root into the store, and log it where the publish keys are at hand',
  options: [...PUBLISHING, { flags: '--orphan', about: 'even if it leaves what is in force without support' }],
  examples: [{ command: 'ensign root publish', shows: 'once enough members have signed' }],
  json: { version: 'of the root', logged: 'environments whose log has it; the others log it with their next head' },
  async run(call) {
    const place = await placeOf(call)
    const draft = await readRootDraft(call.dir)
    const envelope = envelopeOfRoot(draft)
    const policy = policyOf(await readSoundWorkspace(call.dir))
    const printed = policy === undefined ? undefined : printPolicy(policy)
    const root = await publishRoot({
      store: needStore(place),
      project: place.project,
      pin: place.root,
      envelope,
      orphan: call.has('orphan'),
      policy: printed?.digest === draft.payload.policy ? printed?.bytes : undefined,
    })
    const logged: string[] = []
    for (const name of place.environments) {
      try {
        await refreshHead(await publisherOf(place, name))
        logged.push(name)
      } catch (error) {
        if (!(error instanceof EnsignError) || !LATER.has(error.code)) throw error
        call.note(`${name} logs it with its next head (${error.code})`)
      }
    }
    // Last: as long as it is in the making, the same command goes on where this one was cut off.
    await keepRoot(call.dir, root.payload.version, envelope)
    return { json: { version: root.payload.version, logged }, text: `root ${root.payload.version} is published` }
  },
}

/** No keys here, or nothing in force yet: its own publisher logs the root. */
const LATER = new Set([
  'publish_key',
  'no_release',
  'signer_unknown',
  'key_file',
  'passphrase_missing',
  'release_unsupported',
  'unknown_environment',
  'threshold',
  'store_went_back',
])

async function propose(call: Call, place: Place, change: (body: RootBody) => Promise<RootBody>): Promise<Result> {
  const current = await place.chain()
  const size = call.text('log-size')
  const standing = new Map<string, Standing | null>()
  for (const { name } of current.payload.environments) {
    const at = name === place.environment && size !== undefined ? Number(size) : undefined
    standing.set(name, await standingOf(place.source, current, name, at))
  }
  const days = Number(call.text('days') ?? 365)
  const body = await change(bodyOf(current.payload))
  const empty = new Set(call.has('empty') ? [place.environment] : [])
  const payload = draftRoot(current, body, standing, { now: call.io.now(), days, empty })
  await writeRootDraft(call.dir, payload)
  return shown(call, place, payload)
}

async function shown(call: Call, place: Place, payload: RootPayload): Promise<Result> {
  const needs = await needsOf(call, place)
  const next = needs.length === 0 ? 'next: ensign root publish' : `still to sign: ${needs.join('; ')}`
  return {
    json: { version: payload.version, digest: digestOf(canonicalBytes(payload as unknown as Json)), needs },
    text: `root ${payload.version} in roots/next\n${next}`,
  }
}

/** Of the root before and of this one, who has not signed, as far as somebody still has to. */
async function needsOf(call: Call, place: Place): Promise<string[]> {
  const { payload } = await place.chain()
  const draft = await readRootDraft(call.dir)
  const kids = new Set(draft.signatures.map(kidOf))
  return [payload, draft.payload].flatMap(({ version, people, root }) => {
    const hasSigned = (id: string) => people.find(one => one.id === id)!.keys.some(({ kid }) => kids.has(kid))
    const missing = root.threshold - root.members.filter(hasSigned).length
    const rest = root.members.filter(id => !hasSigned(id))
    return missing <= 0 ? [] : [`${missing} of ${rest.join(', ')} (root ${version})`]
  })
}

function unique(people: RootPayload['people']): RootPayload['people'] {
  const known = new Map(people.map(person => [`${person.id} ${person.keys.map(({ kid }) => kid).join()}`, person]))
  return [...known.values()]
}
