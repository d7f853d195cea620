import { EnsignError } from '../src/base/errors.ts'

/** What is checked, in the order in which it is. */
export const CHECKS = {
  root: 'The first root of trust',
  chain: 'Every change of who may do what',
  head: 'What is current, and fresh',
  logged: 'What is in force is the last entry of the log',
  release: 'The rules were approved by enough other people',
  stops: 'Emergency stops',
  parts: 'The rules are the approved ones, byte for byte',
  history: 'The history has one root, and its statements are signed',
  manifest: 'The author told the whole change',
} as const

export type CheckName = keyof typeof CHECKS

export interface Check {
  readonly name: CheckName
  readonly verdict: 'passed' | 'warning' | 'refused'
  readonly detail: string
  readonly code?: string
}

export function passed(name: CheckName, detail: string, warning: boolean): Check {
  return { name, verdict: warning ? 'warning' : 'passed', detail }
}

/** The verifier says the clause that did not hold; its first figure is the part of the checklist. */
export function refused(error: unknown, doing: CheckName): Check {
  const code = error instanceof EnsignError ? error.code : 'internal'
  const what = error instanceof Error ? error.message : String(error)
  const at = error instanceof EnsignError && error.at !== undefined ? ` (${error.at})` : ''
  return { name: doing === 'root' ? checkOf(error) : doing, verdict: 'refused', detail: `${what}${at}`, code }
}

const BY_CLAUSE: readonly (readonly [clause: RegExp, name: CheckName])[] = [
  [/\[7\./, 'logged'],
  [/\[8\./, 'release'],
  [/\[9\./, 'stops'],
  [/\[P\./, 'parts'],
  [/\[6\./, 'head'],
]

/** Clauses 1 to 5 hold for every kind of statement, and the place says which it was. */
const BY_PLACE: readonly (readonly [place: RegExp, name: CheckName])[] = [
  [/^(?:pinned root|roots\/1\.json)/, 'root'],
  [/^roots\//, 'chain'],
  [/^release/, 'release'],
  [/^stops/, 'stops'],
  [/^parts/, 'parts'],
  [/head/, 'head'],
]

function checkOf(error: unknown): CheckName {
  if (!(error instanceof EnsignError)) return 'root'
  const place = error.at ?? ''
  return (
    BY_CLAUSE.find(([clause]) => clause.test(error.message))?.[1] ??
    BY_PLACE.find(([form]) => form.test(place))?.[1] ??
    'root'
  )
}
