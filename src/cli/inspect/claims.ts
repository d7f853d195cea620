import { hex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { isObject, parseCanonical } from '../../base/json.ts'
import { MAX_HEAD_FILE, MAX_PAYLOAD, MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { formatTime } from '../../base/time.ts'
import { readHeadFile } from '../../bundle/headfile.ts'
import { openRules } from '../../bundle/openrules.ts'
import { headShape, releaseShape, stopShape } from '../../bundle/shapes.ts'
import type { HeadFile, HeadPayload, ReleasePayload } from '../../bundle/types.ts'
import { readCheckpoint } from '../../log/checkpoint.ts'
import { type Loaded, lookAt } from '../../rules/loaded.ts'
import { rootShape } from '../../trust/rootshape.ts'
import { type Envelope, readEnvelope, readPayload } from '../../trust/statement.ts'
import type { RootPayload } from '../../trust/types.ts'
import { saidBy } from '../codes.ts'
import type { Found } from './found.ts'

/** By whose key a signature says to be: nobody has checked it. */
interface Claimed {
  /** As the root says that lies beside it; null where that lists no such key. */
  readonly person: string | null
  readonly kid: string
  readonly signed: string
}

export interface Claims {
  readonly project: string
  readonly environment: string
  readonly root: { readonly version: number; readonly digest: string; readonly expires: string | null }
  readonly head: {
    readonly epoch: number
    readonly sequence: number
    readonly issued: string
    readonly expires: string
    readonly signers: readonly Claimed[]
  }
  readonly log: { readonly origin: string; readonly size: number; readonly root: string }
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string } | null
  readonly release:
    | (Pick<ReleasePayload, 'version' | 'author' | 'created' | 'effective' | 'clears'> & {
        readonly digest: string
        readonly since: string
        readonly signers: readonly Claimed[]
      })
    | null
  readonly stops: readonly {
    readonly version: number
    readonly flags: readonly string[]
    readonly reason: string
    readonly incident: string | null
    readonly signers: readonly Claimed[]
  }[]
  readonly parts: readonly { digest: string; size: number; flags: number; segments: number }[] | null
  readonly flags: number | null
  readonly segments: number | null
  /** Keys of flags and segments that evaluate to an error. */
  readonly faulty: readonly string[]
  /** What cannot be read, or does not fit together. */
  readonly problems: readonly { readonly item: string; readonly code: string; readonly what: string }[]
  /** The note beside the head, for whoever has the log's key. */
  readonly note: Uint8Array | undefined
}

/**
 * What an environment says of itself, by forms and caps alone: every file is capped before it is parsed, and nothing of
 * it is believed.
 */
export async function readClaims({ source, ...found }: Found): Promise<Claims> {
  const problems: Claims['problems'][number][] = []
  const attempt = async <T>(item: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof EnsignError)) throw error
      problems.push({ item, code: error.code, what: saidBy(error) })
      return undefined
    }
  }
  // A bundle file answers for whichever environment it is asked.
  const at = `${found.environment ?? 'environment'}/head.json`
  const bytes = await source.get(at, { maxBytes: MAX_HEAD_FILE })
  if (bytes === undefined) throw new EnsignError('no_release', 'there is no head', { at })
  const file = readHeadFile(bytes, at)
  const envelope = readEnvelope(utf8(file.head), 'head', 'head')
  const head = readPayload(envelope, headShape, { project: found.project ?? projectIn(envelope) })
  const { state, log } = head
  const binding = { project: head.project, environment: head.environment, genesis: head.genesis }

  const root = await attempt('root', () => readRoot(source, head))
  const people = new Map(root?.people.flatMap(({ id, keys }) => keys.map(({ kid }) => [kid, id] as const)))
  const signersOf = ({ signatures }: Envelope): Claimed[] =>
    signatures
      .map(({ kid, iat }) => ({ person: people.get(kid) ?? null, kid, signed: formatTime(iat * 1000) }))
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))

  const release = await attempt('release', () => {
    const read = readEnvelope(utf8(file.release), 'release', 'release')
    return { read, payload: readPayload(read, releaseShape, binding) }
  })
  const stops = []
  for (const [i, text] of file.stops.entries()) {
    const stop = await attempt('stops', () => {
      const read = readEnvelope(utf8(text), 'stop', `stops/${i}`)
      return { payload: readPayload(read, stopShape, binding), signers: signersOf(read) }
    })
    if (stop === undefined) continue
    const { version, flags, reason, incident } = stop.payload
    stops.push({ version, flags, reason, incident, signers: stop.signers })
  }
  const rules = release && (await attempt('parts', () => readRules(source, head, release.payload, file)))
  await attempt('parts', () => found.finish())
  const note = file.checkpoint === undefined ? undefined : utf8(file.checkpoint)
  const checkpoint = note && (await attempt('checkpoint', () => readCheckpoint(note)))

  return {
    project: head.project,
    environment: head.environment,
    root: { ...state.root, expires: root?.expires ?? null },
    head: {
      epoch: head.epoch,
      sequence: head.sequence,
      issued: head.issued,
      expires: head.expires,
      signers: signersOf(envelope),
    },
    log,
    checkpoint: checkpoint === undefined ? null : { ...checkpoint, root: hex(checkpoint.root) },
    release:
      release === undefined
        ? null
        : {
            version: release.payload.version,
            digest: release.read.digest,
            author: release.payload.author,
            created: release.payload.created,
            effective: release.payload.effective,
            since: state.since,
            clears: release.payload.clears,
            signers: signersOf(release.read),
          },
    stops,
    parts: rules?.parts ?? null,
    flags: rules?.flags ?? null,
    segments: rules?.segments ?? null,
    faulty: rules?.faulty ?? [],
    problems,
    note,
  }
}

const orderOf = ({ signed, person, kid }: Claimed) => `${signed} ${person ?? ''} ${kid}`

/** Only to look it up: the form of the payload is read again, and compared. */
function projectIn(envelope: Envelope): string {
  const value = parseCanonical(envelope.payload, MAX_PAYLOAD, 'head')
  const project = isObject(value) && Object.hasOwn(value, 'project') ? value.project : undefined
  if (typeof project !== 'string') throw new EnsignError('schema', 'a head without a project', { at: 'head' })
  return project
}

async function readRoot(source: Found['source'], { project, state }: HeadPayload): Promise<RootPayload> {
  const at = `roots/${state.root.version}.json`
  const bytes = await source.get(at, { maxBytes: MAX_ROOT_ENVELOPE })
  if (bytes === undefined) throw new EnsignError('root_missing', 'the root that the head names is not there', { at })
  const envelope = readEnvelope(bytes, 'root', at)
  if (envelope.digest !== state.root.digest) {
    throw new EnsignError('root_digest', 'not the root that the head names', { at })
  }
  return readPayload(envelope, rootShape, { project })
}

async function readRules(
  source: Found['source'],
  { environment, state }: HeadPayload,
  release: ReleasePayload,
  file: HeadFile,
) {
  if (state.release.version !== release.version) {
    throw new EnsignError('release_digest', 'not the release that the head names', { at: 'release' })
  }
  const read = (path: string, maxBytes: number) => source.get(`${environment}/${path}`, { maxBytes })
  const { index, parts } = await openRules(release, file.index, undefined, read, async () => undefined)
  const members = parts.flatMap((part): Loaded<unknown>[] => [...part.flags.values(), ...part.segments.values()])
  const faulty = members.filter(one => lookAt(one).fault !== undefined)
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
  return {
    parts: index.map(({ digest, size }, i) => ({
      digest,
      size,
      flags: parts[i]!.flags.size,
      segments: parts[i]!.segments.size,
    })),
    flags: sum(parts.map(part => part.flags.size)),
    segments: sum(parts.map(part => part.segments.size)),
    faulty: faulty.map(one => one.key).sort(),
  }
}

/** Somebody else chose the text: control characters do not reach a terminal. */
export const printable = (text: string) => text.replaceAll(/\p{C}/gu, '\uFFFD')
