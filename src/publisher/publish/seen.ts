import { join } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json, parseJson } from '../../base/json.ts'
import { isLater } from '../../bundle/later.ts'
import { type Memory, memoryShape } from '../../bundle/memory.ts'
import { readWhole, writeWhole } from '../change/folder.ts'

/**
 * The newest state of an environment that this publisher has seen in force. A store that shows an older one, however
 * well it is signed, was turned back: what is built on it, clients with a memory would refuse.
 */
export interface Seen {
  load(): Promise<Memory | undefined>
  save(memory: Memory): Promise<void>
}

const MAX_SEEN = 16 * 1024

/** `.ensign/seen/{environment}.json` of a workspace: of this machine, and in no repository. */
export function seenFile(workspace: string, environment: string): string {
  return join(workspace, '.ensign', 'seen', `${environment}.json`)
}

/** The file holds the JCS form of a client's memory. */
export function fileSeen(path: string): Seen {
  const load = async (): Promise<Memory | undefined> => {
    const bytes = await readWhole(path, MAX_SEEN)
    return bytes === undefined ? undefined : memoryShape(parseJson(bytes, MAX_SEEN, path), path)
  }
  return {
    load,
    async save(memory) {
      // Another publisher of this machine may have come further.
      if (isFurther(memory, await load())) await writeWhole(path, canonicalBytes(memory as unknown as Json))
    },
  }
}

/** For as long as the process lives. */
export function processSeen(): Seen {
  let seen: Memory | undefined
  return {
    load: async () => seen,
    async save(memory) {
      if (isFurther(memory, seen)) seen = memory
    },
  }
}

export function isFurther(now: Memory, before: Memory | undefined): boolean {
  return before === undefined || isLater(now, before)
}

/** Codes with which a client says that what it is shown does not go on from what it remembers. */
const BEHIND: ReadonlySet<string> = new Set([
  'rollback',
  'head_fork',
  'root_rollback',
  'root_fork',
  'root_standing',
  'release_rollback',
  'release_fork',
  'stop_rollback',
  'stop_fork',
  'log_shrunk',
  'log_rewritten',
  'split_view',
  'log_gap',
])

/** The same refusal, in the words of a publisher. Without a memory nothing can have gone back. */
export function wentBack(error: unknown, memory: Memory | undefined): unknown {
  if (memory === undefined || !(error instanceof EnsignError) || !BEHIND.has(error.code)) return error
  return storeWentBack(memory, `${error.code}, ${error.message}`, error)
}

export function storeWentBack(
  { environment, epoch, sequence, release }: Memory,
  what: string,
  cause?: unknown,
): EnsignError {
  return new EnsignError(
    'store_went_back',
    `the store is behind what was seen in ${environment}, head ${epoch}/${sequence} with release ${release.version}: ${what}`,
    { at: `${environment}/head.json`, cause },
  )
}
