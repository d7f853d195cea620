import type { About, Ask, FullReply } from './ask.ts'
import type { Form, Headers, Item } from './forms.ts'
import { matches, pickForm, rangeOf } from './negotiate.ts'
import { refuse } from './replies.ts'

/** The answer about a file that is there: 200, 206, 304 or 416. `extra` are the headers for the caller's origin. */
export function sendFile(ask: Ask, item: Item, about: About, extra: Headers): FullReply {
  const rangeHeader = ask.method === 'GET' ? ask.header('range') : undefined
  // A range counts bytes of the file itself, never of a compressed form.
  const form = rangeHeader === undefined ? pickForm(item, ask.header('accept-encoding')) : item.identity
  const wanted = ask.header('if-none-match')
  // Whichever coding of this file the caller holds, it is still the file.
  const held = wanted === undefined ? undefined : formsOf(item, form).find(one => matches(wanted, one))
  if (held !== undefined) return { status: 304, headers: join(held.notModified, extra), body: undefined, about }
  const condition = ask.header('if-range')
  const range = condition === undefined || condition === form.etag ? rangeOf(rangeHeader, form.body.length) : undefined
  if (range === 'outside') {
    return refuse(416, 'range', about, ['Content-Range', `bytes */${form.body.length}`, ...extra])
  }
  if (range !== undefined) {
    const body = form.body.subarray(range.from, range.to)
    const headers = form.full.map((text, index) =>
      form.full[index - 1] === 'Content-Length' ? String(body.length) : text,
    )
    headers.push('Content-Range', `bytes ${range.from}-${range.to - 1}/${form.body.length}`, ...extra)
    return { status: 206, headers, body, about }
  }
  return { status: 200, headers: join(form.full, extra), body: ask.method === 'HEAD' ? undefined : form.body, about }
}

function formsOf(item: Item, first: Form): readonly Form[] {
  return [first, item.identity, item.gzip, item.br].filter(one => one !== undefined)
}

function join(headers: Headers, extra: Headers): Headers {
  return extra.length === 0 ? headers : [...headers, ...extra]
}
