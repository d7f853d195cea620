import { fromHex, hex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, isObject, parseJson } from '../../base/json.ts'
import type { Tree } from '../../log/tiles.ts'

/**
 * `log/{epoch}/state.json`: the order of entries, fixed before anything is derived from them. It is not signed, so who
 * completes an append judges it as if it came from a stranger.
 *
 *     {"base":{"root":"<hex>","size":41},"entries":["<JCS>",…],"statements":[["<path>","<envelope>"],…]}
 *
 * `base` is what the tiles hold in full. The entries come after it, the last one a state; the statements are those
 * that the entries commit to, so that whoever completes has them whatever became of their files.
 */
export interface LogState {
  readonly base: Tree
  readonly entries: readonly Uint8Array[]
  /** Paths of the project. */
  readonly statements: readonly { readonly path: string; readonly bytes: Uint8Array }[]
}

export const MAX_LOG_STATE = 16 * 1024 * 1024

export function sizeOf(state: LogState): number {
  return state.base.size + state.entries.length
}

export function printLogState({ base, entries, statements }: LogState): Uint8Array<ArrayBuffer> {
  return canonicalBytes({
    base: { root: hex(base.root), size: base.size },
    entries: entries.map(textOf),
    statements: statements.map(({ path, bytes }) => [path, textOf(bytes)]),
  })
}

export function parseLogState(bytes: Uint8Array, at: string): LogState {
  const value = parseJson(bytes, MAX_LOG_STATE, at)
  const { base, entries, statements } = isObject(value) ? value : ({} as Record<string, unknown>)
  const { root, size } = isObject(base) ? base : ({} as Record<string, unknown>)
  const hash = typeof root === 'string' && root.length === 64 ? fromHex(root) : undefined
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
  if (hash === undefined || !isSize || !isTexts(entries) || entries.length === 0 || !isPairs(statements)) {
    throw new EnsignError('log_state', 'not the state of a log', { at })
  }
  return {
    base: { root: hash, size },
    entries: entries.map(entry => utf8(entry)),
    statements: statements.map(([path, text]) => ({ path, bytes: utf8(text) })),
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function isPairs(value: unknown): value is readonly (readonly [string, string])[] {
  return Array.isArray(value) && value.every(item => isTexts(item) && item.length === 2)
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
