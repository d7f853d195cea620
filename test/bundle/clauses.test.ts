import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { BUNDLE_CODES } from '../../src/bundle/codes.ts'
import { FILE_CODES } from '../../src/bundle/filecodes.ts'
import { AREAS } from '../../src/cli/codes.ts'
import { LOG_CODES } from '../../src/log/codes.ts'
import { TRUST_CODES } from '../../src/trust/codes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const TRUST = read('docs/spec/trust.md')
const BUNDLE = read('docs/spec/bundle.md')

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => ({ name, text: read(`src/${name}`) }))

/** The arguments of a call whose parenthesis opens at `at`, as they are written. */
function argumentsAt(text: string, at: number): string[] {
  const found: string[] = []
  let depth = 0
  let quote = ''
  let from = at + 1
  for (let i = at; i < text.length; i++) {
    const letter = text[i]!
    if (quote !== '') {
      if (letter === '\\') i++
      else if (letter === quote) quote = ''
    } else if ('\'"`'.includes(letter)) quote = letter
    else if ('([{'.includes(letter)) depth++
    else if (')]}'.includes(letter)) depth--
    if (quote === '' && ((letter === ',' && depth === 1) || depth === 0)) {
      found.push(text.slice(from, i).trim())
      from = i + 1
    }
    if (depth === 0) return found
  }
  throw new Error('a call without an end')
}

const literal = (text: string | undefined) => /^'([^']*)'$/.exec(text ?? '')?.[1]

/** Clause by clause, the codes that the source refuses with; none where the code is no literal. */
const inSource = new Map<string, Set<string>>()
const note = (clause: string, code: string | undefined) => {
  const codes = inSource.get(clause) ?? new Set()
  inSource.set(clause, codes)
  if (code !== undefined) codes.add(code)
}
for (const { name, text } of sources) {
  if (!/^(?:trust|bundle)\//.test(name)) continue
  for (const call of text.matchAll(/\bmust\(/g)) {
    const [clause, , code] = argumentsAt(text, call.index + 'must'.length)
    if (literal(clause) !== undefined) note(literal(clause)!, literal(code))
  }
  // Where the check is a search that failed, the message ends with the clause.
  for (const thrown of text.matchAll(/EnsignError\('([a-z_]+)', [^\n]*\[(\d+\.\d+)\]/g)) note(thrown[2]!, thrown[1])
}

/** The rows of both texts: `6.9 to 6.11`, `6.5, 6.6` and `P.3` in the first column, codes in the last. */
const inSpec = new Map<string, Set<string>>()
for (const row of `${TRUST}\n${BUNDLE}`.matchAll(/^\| ([\dPF][\d.PFto, ]*) \|.*\| ([^|]*) \|$/gm)) {
  const codes = new Set([...row[2]!.matchAll(/`([a-z_\d]+)`/g)].map(([, code]) => code!))
  for (const part of row[1]!.split(',')) {
    const [first = '', last = first] = part.trim().split(' to ')
    const [section, low] = first.split('.')
    const high = last.split('.')[1]
    for (let n = Number(low); n <= Number(high); n++) inSpec.set(`${section}.${n}`, codes)
  }
}
/** Named in a sentence, since they stand before all others of their section. */
inSpec.set('6.0', new Set(['no_release'])).set('6.29', new Set(['too_large']))

it('the specifications and the source have the same clauses', () => {
  expect(inSource.size).toBeGreaterThan(130)
  expect([...inSpec.keys()].filter(clause => !inSource.has(clause))).toEqual([])
  expect([...inSource.keys()].filter(clause => !inSpec.has(clause))).toEqual([])
  expect(TRUST).toContain('`no_release` (6.0)')
  expect(TRUST).toContain('(6.29, `too_large`)')
})

it('and each clause has the same codes in both', () => {
  const differ = [...inSource].filter(([clause, codes]) => ![...codes].every(code => inSpec.get(clause)?.has(code)))
  expect(differ).toEqual([])
})

/** Of writing and of machines that lack something; no document is refused with them. */
const NOT_OF_DOCUMENTS = ['signer', 'key_file', 'unsupported_runtime']

it('names every code of a refusal', () => {
  const codes = [TRUST_CODES, BUNDLE_CODES, FILE_CODES, LOG_CODES].flatMap(table => Object.keys(table))
  const text = TRUST + BUNDLE
  expect(codes.filter(code => !NOT_OF_DOCUMENTS.includes(code) && !text.includes(`\`${code}\``))).toEqual([])
})

it('every code that the source throws has a cause and a cure in the reference', () => {
  const known = new Set(AREAS.flatMap(([, table]) => Object.keys(table)))
  const thrown = new Set<string>()
  for (const { text } of sources) {
    for (const call of text.matchAll(/\b(?:must|new EnsignError)\(/g)) {
      const [first, , third] = argumentsAt(text, call.index + call[0].length - 1)
      const code = literal(call[0] === 'must(' ? third : first)
      if (/^[a-z_\d]+$/.test(code ?? '')) thrown.add(code!)
    }
    for (const [, code] of text.matchAll(/\bObject\.freeze\(\{ code: '([a-z_]+)', what/g)) thrown.add(code!)
  }
  expect(thrown.size).toBeGreaterThan(100)
  expect([...thrown].filter(code => !known.has(code))).toEqual([])
})
