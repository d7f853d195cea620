import { concat, fromUtf8 } from '../../../base/bytes.ts'
import { EnsignError } from '../../../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../../../base/limits.ts'
import { printBundleFile } from '../../../bundle/bundlefile.ts'
import { printIndex } from '../../../bundle/parts.ts'
import type { Source } from '../../../bundle/source.ts'
import type { VerifiedState } from '../../../bundle/state.ts'
import { readEnvelope } from '../../../trust/statement.ts'
import type { RootPayload, RootPin } from '../../../trust/types.ts'

/** What a relay serves of one environment: by path below `v1/{project}/`, all of it verified. */
export type Publication = ReadonlyMap<string, Uint8Array>

export interface Material {
  readonly state: VerifiedState
  readonly environment: string
  readonly pin: RootPin
  /** What the verification read. */
  readonly read: ReadonlyMap<string, Uint8Array>
  /** What was published before; parts and roots that stay are taken from it. */
  readonly before: Publication
}

/** The files of a verified state. Only those that it names are in it, so nothing else that was read gets through. */
export async function publicationOf({ state, environment, pin, read, before }: Material): Promise<Publication> {
  const files = new Map<string, Uint8Array>()
  const known = (path: string) => read.get(path) ?? before.get(path)
  const need = (path: string): Uint8Array => {
    const bytes = known(path)
    if (bytes === undefined) throw new EnsignError('internal', 'a verified file was not kept', { at: path })
    return bytes
  }
  const { version } = state.root.payload
  for (let n = 1; n <= version; n++) {
    const path = `roots/${n}.json`
    const bytes = known(path) ?? (pin instanceof Uint8Array && rootOf(pin).version === n ? pin : undefined)
    if (bytes !== undefined) files.set(path, bytes)
  }
  const index = printIndex(state.index)
  files.set(`${environment}/parts/${state.release.parts.digest}.json`, index)
  for (const { digest } of state.index) {
    const path = `${environment}/parts/${digest}.json`
    files.set(path, need(path))
  }
  files.set(`${environment}/head.json`, state.file.bytes)
  const roots = Array.from({ length: version }, (_, n) => files.get(`roots/${n + 1}.json`))
  // A bundle begins with root 1; a relay that was pinned to a later one, and could not get the earlier ones, has none.
  if (roots.every(root => root !== undefined)) {
    const part = async ({ digest }: { digest: string }) => need(`${environment}/parts/${digest}.json`)
    const chunks: Uint8Array[] = []
    for await (const chunk of printBundleFile(state.file.bytes, roots, index, part)) chunks.push(chunk)
    files.set(`${environment}/bundle.ndjson`, concat(...chunks))
  }
  return files
}

/**
 * The roots before the pinned one, for clients that were deployed with an older pin. Each is what the `previous` of its
 * successor names, so the chain that was verified vouches for what they say.
 */
export async function earlierRoots(source: Source, pinned: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const roots = new Map<string, Uint8Array>()
  let { version, previous } = rootOf(pinned)
  while (version > 1 && previous !== null) {
    version -= 1
    const path = `roots/${version}.json`
    const bytes = await source.get(path, { maxBytes: MAX_ROOT_ENVELOPE })
    if (bytes === undefined || readEnvelope(bytes, 'root', path).digest !== previous) break
    roots.set(path, new Uint8Array(bytes))
    previous = rootOf(bytes).previous
  }
  return roots
}

/** The digests of the policies that its roots name. */
export function policiesOf(files: Publication): string[] {
  const roots = [...files].filter(([path]) => path.startsWith('roots/')).map(([, bytes]) => rootOf(bytes))
  return [...new Set(roots.flatMap(({ policy }) => policy ?? []))]
}

function rootOf(bytes: Uint8Array): Pick<RootPayload, 'version' | 'previous' | 'policy'> {
  return JSON.parse(fromUtf8(readEnvelope(bytes, 'root', 'root').payload)!) as RootPayload
}
