import { failureOf } from '../print.ts'
import type { Verdict } from './types.ts'

/** An error as a verdict; its own cure goes before that of the check. */
export function failed(error: unknown, where = ''): Verdict {
  const { code, what, cure } = failureOf(error)
  return { level: 'fail', code, what: `${where}${what}`, ...(cure === undefined ? {} : { cure }) }
}
