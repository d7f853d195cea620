import type { Signed } from './types.ts'

/** As people tell it: who signed first; an envelope has signatures by the bytes of their headers. */
export function bySigning<S extends Pick<Signed, 'person' | 'iat'>>(signed: readonly S[]): S[] {
  return [...signed].sort((a, b) => a.iat - b.iat || (a.person < b.person ? -1 : 1))
}
