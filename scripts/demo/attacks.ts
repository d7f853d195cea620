import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { base64url, fromBase64url, fromUtf8, hex } from '../../src/base/bytes.ts'
import { canonicalBytes, type Json } from '../../src/base/json.ts'
import { formatTime } from '../../src/base/time.ts'
import { layoutParts } from '../../src/bundle/parts.ts'
import type { HeadFile, HeadPayload, ReleasePayload } from '../../src/bundle/types.ts'
import { append, EMPTY_TIP, tipRoot } from '../../src/log/append.ts'
import { writeWhole } from '../../src/publisher/change/folder.ts'
import { readStandpoint } from '../../src/publisher/change/ground.ts'
import { printHeadFile } from '../../src/publisher/publish/headfile.ts'
import { entriesBackwards, treeOf } from '../../src/publisher/publish/logread.ts'
import { headPath, partPath, projectPath } from '../../src/publisher/publish/paths.ts'
import { proofsOf } from '../../src/publisher/publish/proofs.ts'
import type { PlainRules } from '../../src/publisher/rules.ts'
import { digestOf } from '../../src/trust/digest.ts'
import { joinEnvelope, readSealed, type SealedSignature, sealStatement } from '../../src/trust/seal.ts'
import type { Signer } from '../../src/trust/signer.ts'
import { ENVIRONMENT, PROJECT } from './files.ts'
import type { Shop } from './shop.ts'

type Files = Map<string, Uint8Array>

/**
 * The attacker owns the server and its disk, and has stolen both online keys: he signs heads and log as he likes. What
 * he has not is a quorum of people, and what the client remembers.
 */
export async function breakIn({ dir, view, publisher }: Shop) {
  const { source } = view
  const fileOf = (path: string) => join(dir, 'store', projectPath(PROJECT, path))
  const genuine = new Uint8Array(await readFile(fileOf(headPath(ENVIRONMENT))))
  const file = JSON.parse(fromUtf8(genuine)!) as HeadFile
  const { ground, head } = (await readStandpoint(view)) as { ground: { rules: PlainRules }; head: HeadPayload }
  const place = { environment: ENVIRONMENT, epoch: head.epoch, tree: treeOf(head.log) }
  const entries: Uint8Array[] = []
  for await (const { bytes } of entriesBackwards(source, place)) entries.unshift(bytes)
  const inForce = JSON.parse(file.release) as { payload: string; signatures: SealedSignature[] }
  const last = JSON.parse(textOf(inForce.payload)) as ReleasePayload

  /** head.json over a log of the attacker's choice; what clients would ask of it is all proved. */
  const forgeHead = async (
    log: readonly Uint8Array[],
    state: HeadPayload['state'],
    release: string,
  ): Promise<Uint8Array> => {
    const grown = append(EMPTY_TIP, log)
    const tiles = new Map(grown.files.map(({ path, bytes }) => [path, bytes]))
    const tree = { size: grown.tip.size, root: tipRoot(grown.tip) }
    const payload: HeadPayload = {
      ...head,
      sequence: head.sequence + 1,
      issued: formatTime(Date.now()),
      expires: formatTime(Date.now() + 3600_000),
      state,
      log: { ...head.log, size: tree.size, root: hex(tree.root) },
    }
    const sealed = await sealStatement(payload, [publisher.keys.head], Math.floor(Date.now() / 1000))
    const proofs = await proofsOf(tree, [head.log.size], async path => tiles.get(path))
    const { index: _, ...rest } = file
    return printHeadFile({ ...rest, head: fromUtf8(sealed)!, release, proofs })
  }

  return {
    /** A release that turns the new checkout on for everybody, logged and published, by these signatures. */
    async forgeRelease(sign: (payload: ReleasePayload) => Promise<Uint8Array>): Promise<Files> {
      const checkout = ground.rules.flags['new-checkout']!
      const flags = { ...ground.rules.flags, 'new-checkout': { ...checkout, otherwise: { serve: 0 } } }
      const { index, parts } = await layoutParts(flags as unknown as Record<string, Json>, {}, last.parts.count)
      const digest = digestOf(index)
      const previous = head.state.release
      const release = await sign({
        ...last,
        version: previous.version + 1,
        previous: previous.digest,
        created: formatTime(Date.now()),
        effective: { from: formatTime(Date.now() - 1000), until: formatTime(Date.now() + 3600_000) },
        parts: { digest, size: index.length, count: parts.length },
      })
      const { digest: id, envelope } = readSealed(release, 'release')
      const named = { version: previous.version + 1, digest: id, envelope }
      const state = { ...head.state, release: named, since: formatTime(Date.now()) }
      const log = [...entries, canonicalBytes(state as unknown as Json)]
      return new Map([
        [partPath(ENVIRONMENT, digest), index],
        ...parts.map(part => [partPath(ENVIRONMENT, part.digest), part.bytes] as const),
        [headPath(ENVIRONMENT), await forgeHead(log, state, fromUtf8(release)!)],
      ])
    },
    /** The signatures of the release in force, over other bytes. */
    borrowSignatures: async (payload: ReleasePayload) =>
      joinEnvelope(base64url(canonicalBytes(payload as unknown as Json)), inForce.signatures),
    signWith:
      (...signers: readonly Signer[]) =>
      (payload: ReleasePayload) =>
        sealStatement(payload, signers, Math.floor(Date.now() / 1000)),
    /** The same state, and a log in which one entry never was. */
    async forgeLog(without: number): Promise<Files> {
      const state = canonicalBytes(head.state as unknown as Json)
      const log = [...entries.filter((_, i) => i !== without), state, state]
      return new Map([[headPath(ENVIRONMENT), await forgeHead(log, head.state, file.release)]])
    },
    /** Puts files on the server's disk; the answer takes them away again. */
    async plant(files: Files): Promise<() => Promise<void>> {
      const planted: string[] = []
      for (const [path, bytes] of files) {
        if (path !== headPath(ENVIRONMENT) && existsSync(fileOf(path))) continue
        planted.push(path)
        await writeWhole(fileOf(path), bytes)
      }
      return async () => {
        for (const path of planted) if (path !== headPath(ENVIRONMENT)) await rm(fileOf(path))
        await writeWhole(fileOf(headPath(ENVIRONMENT)), genuine)
      }
    },
  }
}

const textOf = (encoded: string) => fromUtf8(fromBase64url(encoded)!)!
