import type { Context, Flags } from '../rules/flags.ts'

/** The same flags with attributes that every evaluation sees beside its own; its own win. */
export function withContext(flags: Flags, base: Context): Flags {
  // A context may be a proxy or have getters that throw: the engine has a name for that, so it gets to see it.
  const merge = (context: Context | undefined): Context => {
    if (context === undefined || context === null) return base
    try {
      return { ...base, ...context }
    } catch {
      return context
    }
  }
  return {
    isEnabled: (key, context, fallback) => flags.isEnabled(key, merge(context), fallback),
    value: (key: string, context?: Context, fallback?: unknown) => flags.value(key, merge(context), fallback) as never,
    variant: (key, context) => flags.variant(key, merge(context)),
    evaluate: (key, context) => flags.evaluate(key, merge(context)),
    explain: (key: string, context?: Context, fallback?: unknown) =>
      flags.explain(key, merge(context), fallback) as never,
    evaluateAll: (context, options) => flags.evaluateAll(merge(context), options),
    for: context => flags.for(merge(context)),
    transitions: () => flags.transitions(),
  }
}
