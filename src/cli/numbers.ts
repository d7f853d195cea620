import { EnsignError } from '../base/errors.ts'
import type { Call } from './command.ts'

/** An option that takes a whole number, from 0 up to `most`. */
export function whole(call: Call, name: string, most: number): number {
  const text = call.need(name)
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN
  if (!(number <= most)) throw new EnsignError('usage', `--${name} takes a whole number from 0 to ${most}`)
  return number
}
