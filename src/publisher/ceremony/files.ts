import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { base64url, fromBase64url, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json, parseCanonical } from '../../base/json.ts'
import { MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { rootShape } from '../../trust/rootshape.ts'
import { joinEnvelope, type SealedSignature, signPayload } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import type { RootPayload } from '../../trust/types.ts'
import { readSignatures } from '../change/change.ts'
import { namesIn, readWhole, writeFolder, writeWhole } from '../change/folder.ts'

/**
 * `roots/next/`: a root in the making, as plain files that go from member to member: `payload.json`, which is what is
 * signed, and `signatures/<kid>.json`, one file each. A new proposal takes the place of one that is not finished.
 */
export interface RootDraft {
  readonly payload: RootPayload
  readonly payloadBytes: Uint8Array
  readonly signatures: readonly SealedSignature[]
}

export const rootsDir = (workspace: string) => join(workspace, 'roots')
const nextDir = (workspace: string) => join(rootsDir(workspace), 'next')

export async function writeRootDraft(workspace: string, payload: RootPayload): Promise<void> {
  await rm(nextDir(workspace), { recursive: true, force: true })
  await writeFolder(nextDir(workspace), new Map([['payload.json', canonicalBytes(payload as unknown as Json)]]))
}

export async function readRootDraft(workspace: string): Promise<RootDraft> {
  const payloadBytes = await readWhole(join(nextDir(workspace), 'payload.json'), MAX_ROOT_ENVELOPE)
  if (payloadBytes === undefined) throw new EnsignError('root_draft', 'no root is in the making')
  const value = parseCanonical(payloadBytes, MAX_ROOT_ENVELOPE, 'roots/next/payload.json')
  return {
    payload: rootShape(value, 'roots/next'),
    payloadBytes,
    signatures: await readSignatures(nextDir(workspace), 'roots/next'),
  }
}

export function envelopeOfRoot({ payloadBytes, signatures }: RootDraft): Uint8Array {
  if (signatures.length === 0) throw new EnsignError('threshold_old', 'nobody has signed it yet')
  return joinEnvelope(base64url(payloadBytes), signatures)
}

export async function signRootDraft(workspace: string, draft: RootDraft, signer: Signer, now: number): Promise<void> {
  const sealed = await signPayload(base64url(draft.payloadBytes), 'root', signer, Math.floor(now / 1000))
  const path = join(nextDir(workspace), 'signatures', `${signer.jwk.kid}.json`)
  await writeWhole(path, utf8(JSON.stringify(sealed)))
}

/** Keeps the published statement where git carries it, and clears the table. */
export async function keepRoot(workspace: string, version: number, envelope: Uint8Array): Promise<void> {
  await writeWhole(join(rootsDir(workspace), `${version}.json`), envelope)
  const done = `${nextDir(workspace)}.done`
  await rm(done, { recursive: true, force: true })
  await rename(nextDir(workspace), done).catch(() => undefined)
  await rm(done, { recursive: true, force: true })
}

/** The statements that the workspace has; root 1 is the pin. */
export async function readRoots(workspace: string): Promise<Map<number, Uint8Array>> {
  const roots = new Map<number, Uint8Array>()
  for (const name of await namesIn(rootsDir(workspace))) {
    const version = /^([1-9]\d{0,8})\.json$/.exec(name)?.[1]
    if (version === undefined) continue
    const bytes = await readWhole(join(rootsDir(workspace), name), MAX_ROOT_ENVELOPE)
    if (bytes !== undefined) roots.set(Number(version), bytes)
  }
  return roots
}

/** Whose key made a signature, by its header. */
export function kidOf({ protected: header }: SealedSignature): string {
  const value = JSON.parse(new TextDecoder().decode(fromBase64url(header)!)) as { kid: string }
  return value.kid
}
