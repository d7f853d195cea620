import type { Coding, Form, Item } from './forms.ts'

/** The best prepared form that the caller takes: br, then gzip, then the bytes as they are. */
export function pickForm(item: Item, accept: string | undefined): Form {
  if (accept === undefined || accept === '') return item.identity
  if (item.br !== undefined && accepts(accept, 'br')) return item.br
  if (item.gzip !== undefined && accepts(accept, 'gzip')) return item.gzip
  return item.identity
}

const NO_WEIGHT = /^q=0(?:\.0{0,3})?$/

function accepts(header: string, coding: Coding): boolean {
  if (!header.includes(coding)) return false
  return header.split(',').some(one => {
    const [name, ...parameters] = one.split(';')
    return name!.trim().toLowerCase() === coding && !parameters.some(text => NO_WEIGHT.test(text.trim().toLowerCase()))
  })
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
