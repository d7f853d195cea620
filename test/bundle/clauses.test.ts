import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { BUNDLE_CODES } from '../../src/bundle/codes.ts'
import { TRUST_CODES } from '../../src/trust/codes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SPEC = readFileSync(join(ROOT, 'docs/spec/trust.md'), 'utf8')

const clauses = new Set<string>()
for (const folder of ['src/trust', 'src/bundle']) {
  for (const name of readdirSync(join(ROOT, folder))) {
    const text = readFileSync(join(ROOT, folder, name), 'utf8')
    for (const [, clause] of text.matchAll(/\bmust\(\s*'(\d[\d.]*)'/g)) clauses.add(clause!)
  }
}
/** Of writing and of machines that lack something; no document is refused with them. */
const NOT_OF_DOCUMENTS = ['signer', 'key_file', 'unsupported_runtime']

/** `6.9 to 6.11` and `6.5, 6.6` name what is between them too. */
function isNamed(clause: string): boolean {
  if (new RegExp(`(?<![\\d.])${clause.replace('.', '\\.')}(?![\\d.]\\d|\\d)`).test(SPEC)) return true
  const [section, number] = clause.split('.').map(Number)
  return [...SPEC.matchAll(/(\d+)\.(\d+) to (\d+)\.(\d+)/g)].some(
    ([, from, low, to, high]) =>
      Number(from) === section && Number(to) === section && Number(low) <= number! && number! <= Number(high),
  )
}

it('names every clause of the code', () => {
  expect(clauses.size).toBeGreaterThan(90)
  expect([...clauses].filter(clause => !isNamed(clause))).toEqual([])
})

it('names every code of a refusal', () => {
  const codes = [...Object.keys(TRUST_CODES), ...Object.keys(BUNDLE_CODES)]
  const missing = codes.filter(code => !NOT_OF_DOCUMENTS.includes(code) && !SPEC.includes(`\`${code}\``))
  expect(missing).toEqual([])
})
