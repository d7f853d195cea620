import type { Form, Item } from './forms.ts'

/**
 * The prepared form that the caller likes best: by weight, and of those that weigh the same br, then gzip, then the
 * bytes as they are. These are sent as well where nothing that is there would do.
 */
export function pickForm(item: Item, accept: string | undefined): Form {
  if (accept === undefined || accept === '') return item.identity
  const wanted = weightsOf(accept)
  let best = item.identity
  // Nobody names it who does not mean it; unnamed it weighs less than what is.
  let most = wanted.get('identity') ?? 0
  for (const coding of ['gzip', 'br'] as const) {
    const form = item[coding]
    const weight = wanted.get(coding) ?? 0
    if (form === undefined || weight === 0 || weight < most) continue
    best = form
    most = weight
  }
  return best
}

const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** `br, gzip;q=0.5`. A weight that is none leaves its coding out. */
function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const one of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = one.split(';').map(text => text.trim())
    const [weight = 'q=1'] = parameters
    weights.set(name, Number(WEIGHT.exec(weight)?.[1] ?? 0))
  }
  return weights
}

/** If-None-Match, by weak comparison. */
export function matches(ifNoneMatch: string, form: Form): boolean {
  if (ifNoneMatch === form.etag) return true
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some(one => one.trim().replace(/^W\//, '') === form.etag)
}

export type Range = { readonly from: number; readonly to: number } | 'outside' | undefined

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

/** One range of bytes, half-open. Several ranges, other units and nonsense are no range: the whole file is sent. */
export function rangeOf(header: string | undefined, size: number): Range {
  const match = header === undefined ? null : ONE_RANGE.exec(header)
  if (match === null) return undefined
  const [, first, last] = match as unknown as [string, string, string]
  if (first === '' && last === '') return undefined
  if (first === '') {
    const count = Number(last)
    return count === 0 || size === 0 ? 'outside' : { from: Math.max(0, size - count), to: size }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= size) return 'outside'
  return { from, to: last === '' ? size : Math.min(size, Number(last) + 1) }
}
