import { utf8 } from '../base/bytes.ts'
import { createEngine, type Engine, type EngineOptions, type StopInForce } from './engine.ts'
import { loadPart } from './load.ts'
import type { Part } from './types.ts'

export interface UnsignedOptions extends EngineOptions {
  readonly stops?: readonly StopInForce[] | undefined
}

/**
 * An engine over a plain rule set, for tools and tests. It proves nothing: who wrote the rules, whether anyone approved
 * them and whether they are current is for the caller to know. Applications take `createClient` or `openBundle`.
 */
export function loadUnsignedRules(rules: Part | string | Uint8Array, options: UnsignedOptions): Engine {
  const bytes =
    rules instanceof Uint8Array
      ? new Uint8Array(rules)
      : utf8(typeof rules === 'string' ? rules : JSON.stringify(rules))
  const engine = createEngine(options)
  engine.apply({ parts: [loadPart(bytes)], stops: options.stops ?? [], window: null, info: null })
  return engine
}
