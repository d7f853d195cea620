import { join } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json, parseJson } from '../../base/json.ts'
import { type Memory, memoryShape } from '../../bundle/memory.ts'
import { isFurther, type Seen } from '../publish/seen.ts'
import { type ChangeFiles, changesDir, listChanges } from './change.ts'
import { readWhole, writeWhole } from './folder.ts'

const MAX_SEEN = 16 * 1024

/**
 * What a machine has seen, and what the authors and publishers of all changes have: a fresh machine that has the
 * workspace from git knows with the first command which state no store may be behind. The files are not signed: whoever
 * writes into the workspace can have commands refuse, and can have nothing believed.
 */
export function sharedSeen(own: Seen, workspace: string, { genesis, environment }: Scope): Seen {
  let floor: Promise<Memory | undefined> | undefined
  return {
    async load() {
      floor ??= floorIn(workspace, { genesis, environment })
      const [shared, mine] = [await floor, await own.load()]
      return shared !== undefined && isFurther(shared, mine) ? shared : mine
    },
    save: memory => own.save(memory),
  }
}

type Scope = Pick<Memory, 'genesis' | 'environment'>

async function floorIn(workspace: string, { genesis, environment }: Scope): Promise<Memory | undefined> {
  const ids = await listChanges(workspace)
  const memories = await Promise.all(ids.map(id => readSeen(workspace, id)))
  return memories.reduce((newest, one) => {
    const isMine = one?.genesis === genesis && one.environment === environment
    return isMine && isFurther(one, newest) ? one : newest
  }, undefined)
}

async function readSeen(workspace: string, id: string): Promise<Memory | undefined> {
  const bytes = await readWhole(join(changesDir(workspace), id, 'seen.json'), MAX_SEEN)
  if (bytes === undefined) return undefined
  const at = `changes/${id}/seen.json`
  try {
    return memoryShape(parseJson(bytes, MAX_SEEN, at), at)
  } catch (cause) {
    throw new EnsignError('change_form', `${at} is not of its form`, { cause })
  }
}

/** After the change was put in force: the newest state that there is. */
export async function writeSeen({ dir }: Pick<ChangeFiles, 'dir'>, memory: Memory): Promise<void> {
  await writeWhole(join(dir, 'seen.json'), canonicalBytes(memory as unknown as Json))
}
