import { equalBytes } from '../../base/bytes.ts'
import type { Files } from './files.ts'
import { ENCODE_AT_ONCE, type FormOptions, type Item, makeItem } from './forms.ts'
import { isAhead } from './headid.ts'
import type { FileRoute } from './layout.ts'

/** A compressor takes the cores that send a new head and verify it; nobody misses its work so soon. */
const ENCODE_AFTER_MS = 100

export interface ShelfOptions extends FormOptions {
  readonly store: Files
  readonly now: () => number
  /** How long a file that may change is trusted without a look at the store; a watched head is told at once. */
  readonly recheckMs: number
  /** Memory for prepared files, all codings counted. One file that is larger by itself is kept alone. */
  readonly maxBytes: number
  readonly onError?: (route: FileRoute, error: unknown) => void
}

interface Slot {
  item: Item | undefined
  checkedAt: number
  loading: Promise<Item | undefined> | undefined
  /** Raised by each `expire`, so that a read which began before a change does not pass for one after it. */
  changes: number
  /** The change that brought the bytes along; 0 where none did. */
  given: number
  readonly route: FileRoute
}

export interface Shelf {
  /** Without a promise when the file is at hand and fresh: this is the path of nearly every request. */
  take(route: FileRoute): Item | Promise<Item | undefined>
  /** What the file holds from now on, from whoever has just written it: nobody needs to read it. */
  give(route: FileRoute, bytes: Uint8Array): Promise<Item>
  /** The file may have changed: the next one who asks looks at the store. */
  expire(route: FileRoute): void
  bytes(): number
}

/** Files ready to be sent, in bounded memory. Each is read and compressed once however many ask at the same time. */
export function createShelf(options: ShelfOptions): Shelf {
  const slots = new Map<string, Slot>()
  let total = 0

  const drop = (key: string, slot: Slot) => {
    if (slots.get(key) !== slot) return
    slots.delete(key)
    total -= slot.item?.size ?? 0
  }
  const keep = (key: string, slot: Slot, item: Item) => {
    if (slots.get(key) !== slot) return
    total += item.size - (slot.item?.size ?? 0)
    slot.item = item
    slots.delete(key)
    slots.set(key, slot)
    for (const [oldest, other] of slots) {
      if (total <= options.maxBytes || other === slot) break
      drop(oldest, other)
    }
  }

  const load = async (key: string, slot: Slot): Promise<Item | undefined> => {
    const { route, changes } = slot
    const looked = () => {
      slot.checkedAt = slot.changes === changes ? options.now() : Number.NEGATIVE_INFINITY
    }
    let bytes: Uint8Array | undefined
    try {
      bytes = (await options.store.get(route.path, { maxBytes: route.maxBytes }))?.bytes
    } catch (error) {
      options.onError?.(route, error)
      // A store that cannot be read takes nothing away: what was there is still signed, and goes on being served.
      if (slot.item === undefined) {
        drop(key, slot)
        throw error
      }
      looked()
      return slot.item
    }
    if (bytes === undefined) {
      drop(key, slot)
      return undefined
    }
    looked()
    if (slot.item !== undefined && equalBytes(slot.item.bytes, bytes)) return slot.item
    // A head is wanted on the streams now, and not after a compressor is done with it.
    const atOnce = bytes.length <= ENCODE_AT_ONCE && route.kind !== 'head'
    const item = await makeItem(bytes, route, options, atOnce)
    // It was read before a change that has been given since.
    if (slot.given > changes && slot.item !== undefined && !isAhead(item.bytes, slot.item.bytes)) return slot.item
    keep(key, slot, item)
    if (!atOnce && bytes.length <= options.maxBytes / 4) encodeLater(key, slot, item)
    return item
  }

  const encodeBeside = (key: string, slot: Slot, plain: Item) => {
    if (slot.item !== plain) return
    makeItem(plain.bytes, slot.route, options, true).then(
      encoded => {
        if (slot.item === plain) keep(key, slot, encoded)
      },
      error => options.onError?.(slot.route, error),
    )
  }

  const encodeLater = (key: string, slot: Slot, plain: Item) => {
    // Isolates have timers that are numbers.
    setTimeout(() => encodeBeside(key, slot, plain), ENCODE_AFTER_MS).unref?.()
  }

  const slotOf = (route: FileRoute): Slot => {
    const slot: Slot = {
      item: undefined,
      checkedAt: Number.NEGATIVE_INFINITY,
      loading: undefined,
      changes: 0,
      given: 0,
      route,
    }
    slots.set(route.path, slot)
    return slot
  }

  const start = (key: string, slot: Slot): Promise<Item | undefined> => {
    slot.loading ??= load(key, slot).finally(() => {
      slot.loading = undefined
    })
    return slot.loading
  }

  return {
    take(route) {
      const key = route.path
      const slot = slots.get(key)
      if (slot?.item !== undefined) {
        if (route.immutable) {
          // Most recently used stands last.
          slots.delete(key)
          slots.set(key, slot)
          return slot.item
        }
        if (options.now() - slot.checkedAt < options.recheckMs) return slot.item
      }
      return start(key, slot ?? slotOf(route))
    },
    async give(route, bytes) {
      const slot = slots.get(route.path) ?? slotOf(route)
      const change = ++slot.changes
      slot.given = change
      const item = await makeItem(bytes, route, options, false)
      // A newer one may have been given meanwhile.
      if (slot.given !== change && slot.item !== undefined) return slot.item
      // Another publisher's came after it, and has been read: the store tells.
      if (slot.item !== undefined && isAhead(slot.item.bytes, item.bytes)) {
        slot.checkedAt = Number.NEGATIVE_INFINITY
        return slot.item
      }
      keep(route.path, slot, item)
      slot.checkedAt = slot.changes === change ? options.now() : Number.NEGATIVE_INFINITY
      encodeLater(route.path, slot, item)
      return item
    },
    expire(route) {
      const slot = slots.get(route.path)
      if (slot === undefined) return
      slot.changes++
      slot.checkedAt = Number.NEGATIVE_INFINITY
    },
    bytes: () => total,
  }
}
