import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { base64url, fromBase64url, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, isObject, type Json, parseJson } from '../../base/json.ts'
import { MAX_ENVELOPE, MAX_INDEX, MAX_MANIFEST, MAX_PART, MAX_SIGNABLE_PAYLOAD } from '../../base/limits.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { ReleasePayload } from '../../bundle/types.ts'
import { digestOf } from '../../trust/digest.ts'
import { joinEnvelope, type SealedSignature } from '../../trust/seal.ts'
import type { Draft } from './draft.ts'
import { namesIn, readWhole, writeFolder, writeWhole } from './folder.ts'
import type { Standpoint } from './ground.ts'

/**
 * `changes/<id>/`, all of it plain files:
 *
 *     change.json                 {"id","environment","round","train":[ids]}
 *     payload.json                the release's payload: what is signed
 *     manifest.json index.json parts/<digest>.json
 *     signatures/<kid>.json       {"protected","signature"}, one file each, so that two approvers never meet in git
 *     rounds/<n>/                 payload, manifest, index and signatures of the rounds before
 *     seen.json                   what was in force, as its author and then its publisher have verified it
 *     closing.json                an event that rejects or withdraws it, and may not be logged yet
 *     closed.json                 the same once it is logged
 *
 * No file is believed: what a signature says it signs is payload.json, and that names the others by digest.
 */
export interface ChangeFiles {
  readonly id: string
  readonly dir: string
  readonly environment: string
  readonly round: number
  readonly train: readonly string[]
  readonly payloadBytes: Uint8Array
  readonly payload: ReleasePayload
  readonly digest: string
  readonly index: Uint8Array
  readonly manifest: Uint8Array
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly signatures: readonly SealedSignature[]
  readonly closing: Uint8Array | undefined
  readonly closed: Uint8Array | undefined
}

const ID = /^[a-z0-9][a-z0-9-]{0,62}$/
const DIGEST = /^[0-9a-f]{64}$/
const MAX_CHANGE = 64 * 1024

export const changesDir = (workspace: string) => join(workspace, 'changes')
const changeDir = (workspace: string, id: string) => {
  if (!ID.test(id)) throw new EnsignError('change_missing', 'an id is of small letters, digits and dashes')
  return join(changesDir(workspace), id)
}

export async function listChanges(workspace: string): Promise<string[]> {
  const names = (await namesIn(changesDir(workspace))).map(name => name.replace(/\.new$/, ''))
  return [...new Set(names)].filter(name => ID.test(name))
}

/** A command that was killed between the two renames of a new round left it whole under this name. */
async function healRound(dir: string): Promise<void> {
  if ((await namesIn(dir)).length === 0) await rename(`${dir}.new`, dir).catch(() => undefined)
}

export async function readChange(workspace: string, id: string): Promise<ChangeFiles> {
  const dir = changeDir(workspace, id)
  await healRound(dir)
  const need = async (name: string, maxBytes: number) => {
    const bytes = await readWhole(join(dir, name), maxBytes)
    if (bytes !== undefined) return bytes
    const code = name === 'change.json' ? 'change_missing' : 'change_form'
    throw new EnsignError(code, `changes/${id} has no ${name}`)
  }
  const about = parseJson(await need('change.json', MAX_CHANGE), MAX_CHANGE, `changes/${id}/change.json`)
  if (!isObject(about) || about.id !== id || !Number.isSafeInteger(about.round)) throw form(`changes/${id}/change.json`)
  const train = Array.isArray(about.train) ? about.train.filter(one => typeof one === 'string') : []
  const payloadBytes = await need('payload.json', MAX_SIGNABLE_PAYLOAD)
  const payload = releaseShape(parseJson(payloadBytes, MAX_SIGNABLE_PAYLOAD, 'payload.json'), 'payload')
  return {
    id,
    dir,
    environment: payload.environment,
    round: about.round as number,
    train,
    payloadBytes,
    payload,
    digest: digestOf(payloadBytes),
    index: await need('index.json', MAX_INDEX),
    manifest: await need('manifest.json', MAX_MANIFEST),
    parts: await readParts(dir),
    signatures: await readSignatures(dir, `changes/${id}`),
    closing: await readWhole(join(dir, 'closing.json'), MAX_ENVELOPE),
    closed: await readWhole(join(dir, 'closed.json'), MAX_ENVELOPE),
  }
}

async function readParts(dir: string): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>()
  for (const name of await namesIn(join(dir, 'parts'))) {
    const bytes = await readWhole(join(dir, 'parts', name), MAX_PART)
    if (bytes !== undefined && DIGEST.test(name.slice(0, -5))) parts.set(name.slice(0, -5), bytes)
  }
  return parts
}

/** `at`: the folder, for people. */
export async function readSignatures(dir: string, at: string): Promise<SealedSignature[]> {
  const found: SealedSignature[] = []
  for (const name of await namesIn(join(dir, 'signatures'))) {
    const file = `${at}/signatures/${name}`
    const value = parseJson((await readWhole(join(dir, 'signatures', name), MAX_CHANGE))!, MAX_CHANGE, file)
    const { protected: header, signature } = isObject(value) ? value : ({} as Record<string, unknown>)
    if (!isText(header) || !isText(signature)) throw form(file)
    found.push({ protected: header, signature })
  }
  return found
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && fromBase64url(value) !== undefined
}

function form(file: string): EnsignError {
  return new EnsignError('change_form', `${file} is not of its form`)
}

/** The statement as far as it is signed. Without a signature there is none. */
export function envelopeOf(change: Pick<ChangeFiles, 'payloadBytes' | 'signatures'>): Uint8Array {
  if (change.signatures.length === 0) throw new EnsignError('change_form', 'the change has no signature')
  return joinEnvelope(base64url(change.payloadBytes), change.signatures)
}

const signatureName = ({ protected: header }: SealedSignature) => {
  const { kid } = JSON.parse(new TextDecoder().decode(fromBase64url(header)!)) as { kid: string }
  return `signatures/${kid}.json`
}

export interface NewChange {
  readonly id: string
  readonly train: readonly string[]
  /** On which it was made. */
  readonly standpoint: Standpoint
  readonly draft: Draft
  /** Those that the store has not. */
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly signature: SealedSignature
}

function filesOf(change: NewChange, round: number): Map<string, Uint8Array> {
  const { id, train, standpoint, draft, parts, signature } = change
  // Absent before the first release.
  const seen = standpoint.state?.memory
  const about = { id, environment: draft.payload.environment, round, train: [...train] }
  return new Map([
    ['payload.json', canonicalBytes(draft.payload as unknown as Json)],
    ['manifest.json', draft.manifestBytes],
    ['index.json', draft.index],
    ...[...parts].map(([digest, bytes]) => [`parts/${digest}.json`, bytes] as const),
    [signatureName(signature), utf8(JSON.stringify(signature))],
    ['change.json', utf8(`${JSON.stringify(about, null, 2)}\n`)],
    ...(seen === undefined ? [] : [['seen.json', canonicalBytes(seen as unknown as Json)] as const]),
  ])
}

/** As `readChange` reads it afterwards. */
function heldFiles(dir: string, { id, train, draft, parts, signature }: NewChange, round: number): ChangeFiles {
  const { payload, index, manifestBytes: manifest } = draft
  const payloadBytes = canonicalBytes(payload as unknown as Json)
  return {
    id,
    dir,
    environment: payload.environment,
    round,
    train,
    payloadBytes,
    payload,
    digest: digestOf(payloadBytes),
    index,
    manifest,
    parts,
    signatures: [signature],
    closing: undefined,
    closed: undefined,
  }
}

export async function writeChange(workspace: string, change: NewChange): Promise<ChangeFiles> {
  const dir = changeDir(workspace, change.id)
  if ((await namesIn(dir)).length > 0) throw new EnsignError('change_exists', `there is a change ${change.id}`)
  await writeFolder(dir, filesOf(change, 1))
  return heldFiles(dir, change, 1)
}

/** The same change on another base: the round before is kept, so that its approvers can see that nothing else changed. */
export async function writeRound(before: ChangeFiles, change: NewChange): Promise<ChangeFiles> {
  const files = filesOf(change, before.round + 1)
  const old = `rounds/${before.round}`
  for (const [digest, bytes] of before.parts) files.set(`parts/${digest}.json`, bytes)
  files.set(`${old}/payload.json`, before.payloadBytes)
  files.set(`${old}/manifest.json`, before.manifest)
  files.set(`${old}/index.json`, before.index)
  for (const one of before.signatures) files.set(`${old}/${signatureName(one)}`, utf8(JSON.stringify(one)))
  const aside = `${before.dir}.old`
  const next = `${before.dir}.new`
  await rm(next, { recursive: true, force: true })
  await writeFolder(next, files)
  await rm(aside, { recursive: true, force: true })
  await rename(before.dir, aside)
  await rename(next, before.dir)
  await rm(aside, { recursive: true, force: true })
  return { ...heldFiles(before.dir, change, before.round + 1), parts: new Map([...before.parts, ...change.parts]) }
}

export async function writeSignature({ dir }: ChangeFiles, signature: SealedSignature): Promise<void> {
  await writeWhole(join(dir, signatureName(signature)), utf8(JSON.stringify(signature)))
}

/** Kept before it is handed in: the same command again then hands in the same bytes, which are logged once. */
export async function writeClosing({ dir }: ChangeFiles, event: Uint8Array): Promise<void> {
  await writeWhole(join(dir, 'closing.json'), event)
}

/** It is logged: from here on the change is closed for everybody who has the folder. */
export async function settleClosing({ dir }: ChangeFiles): Promise<void> {
  await rename(join(dir, 'closing.json'), join(dir, 'closed.json'))
}
