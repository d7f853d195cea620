import { EnsignError, wordsOf } from './errors.ts'

/**
 * One refusal of the verifier: `clause` is its number in the specification, under which it can be found, tested and
 * taken out alone. Every refusal of a signed document stands in a line of this form. `what` is for what code and place
 * leave open.
 */
export function must(clause: string, holds: unknown, code: string, at?: string, what = wordsOf(code)): asserts holds {
  if (!holds) throw new EnsignError(code, `${what} [${clause}]`, { at })
}
