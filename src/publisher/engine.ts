import { utf8 } from '../base/bytes.ts'
import { createEngine, type Engine, type RuleSet, type StopInForce } from '../rules/engine.ts'
import { type LoadedPart, loadPart } from '../rules/load.ts'
import { regex } from '../rules/re2.ts'
import type { Secret } from '../rules/sealed.ts'
import type { PlainRules } from './rules.ts'
import type { Workspace } from './workspace/types.ts'

const AT_ONCE = 400

/** Plain rules as the engine takes them, some hundred flags to a part. */
export function partsOf(rules: PlainRules): LoadedPart[] {
  const parts: LoadedPart[] = []
  for (const kind of ['segments', 'flags'] as const) {
    const entries = Object.entries(rules[kind])
    for (let from = 0; from < entries.length; from += AT_ONCE) {
      const slice = entries.slice(from, from + AT_ONCE)
      const members = slice.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      parts.push(loadPart(utf8(`{"${kind}":{${members.join(',')}}}`)))
    }
  }
  return parts
}

export interface RunOptions {
  /** Milliseconds. */
  readonly now: () => number
  readonly secrets?: Readonly<Record<string, Secret>>
  readonly stops?: readonly StopInForce[]
}

/** The real engine over rules that nobody signed: what tests, explanations and simulations ask. */
export function engineOver(rules: PlainRules, options: RunOptions): Engine {
  const engine = createEngine({ now: options.now, secrets: options.secrets, regex })
  engine.apply(ruleSetOf(partsOf(rules), options.stops ?? []))
  return engine
}

function ruleSetOf(parts: readonly LoadedPart[], stops: readonly StopInForce[]): RuleSet {
  return { parts, stops, window: null, info: null }
}

/** For every secret of a workspace the given one, else what `standIns` seals with. */
export function secretsFor(
  workspace: Workspace,
  given: Readonly<Record<string, Secret>> = {},
): Readonly<Record<string, Secret>> {
  const secrets: Record<string, Secret> = { ...given }
  for (const { sealed } of workspace.attributes.values()) {
    if (sealed === undefined) continue
    const name = typeof sealed === 'string' ? sealed : sealed.key
    secrets[name] ??= standInFor(name)
  }
  return secrets
}

export function standInFor(name: string): Secret {
  return `stand-in for ${name}`
}
