import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument, stringify } from 'yaml'
import { quickYaml } from '../../../src/publisher/workspace/quickyaml.ts'

const FLAG = `# A flag.
key: checkout-v2
type: string   # of its variants
expires: "2027-03-01"
variants:
  - { name: legacy, value: legacy }
  - name: 'one-page'
    value: "one \\"page\\" ü"
off: legacy
environments:
  staging: { enabled: true, otherwise: one-page }
  production:
    enabled: true
    requires: [{ flag: payments-core, is: ["on"] }]
    rules:
    - { id: qa, targets: { one-page: [u-qa-1], express: [u-qa-2] } }
    - id: q4
      when: { country: { in: [NL, BE] }, app.version: { version: ">=5.2" } }
      experiment: { key: k, arms: { legacy: 50,
        one-page: 12.5, # half
        express: 25 }, rest: next }
    -
      id: n
      when:
        all: []
      serve:
    otherwise: legacy
`

/** What the full parser says, or undefined where it has anything to complain about. */
function full(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false, uniqueKeys: true })
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined
  return document.toJS({ maxAliasCount: 0 })
}

describe('the quick reader', () => {
  it('reads what flag files consist of', () => {
    expect(quickYaml(FLAG)).toEqual({ value: full(FLAG) })
    expect(quickYaml('{"a":[1,{"b":null}],\n"c":"x"}\n')).toEqual({ value: { a: [1, { b: null }], c: 'x' } })
  })

  it.each([
    ['a: &x 1\nb: *x\n'],
    ['a: 1\na: 2\n'],
    ['<<: { a: 1 }\n'],
    ['__proto__: 1\n'],
    ['a: |\n  text\n'],
    ['a: one\n  two\n'],
    ['a: !!str 1\n'],
    ['a:\t1\n'],
    ['---\na: 1\n'],
    ['a: b: c\n'],
    ['a: {\n  b: 1\n}\n'],
    ['1: a\n'],
    ['text\n'],
    ['a: "\\ud800"\n'],
    ['{"\\udc00": 1}\n'],
    [''],
  ])('leaves %j to the full parser', text => {
    expect(quickYaml(text)).toBeUndefined()
  })

  it('agrees with the full parser on whatever either printer writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(20, 80, 0), fc.boolean(), (value, lineWidth, flow) => {
        const printed = flow ? JSON.stringify(value, null, 2) : stringify(value, { lineWidth, version: '1.2' })
        const quick = quickYaml(printed)
        if (quick !== undefined) expect(quick.value).toEqual(full(printed))
      }),
      { numRuns: 400 },
    )
  })

  it('agrees with the full parser after any small damage to a file', () => {
    const damage = fc.tuple(
      fc.nat(FLAG.length),
      fc.nat(3),
      fc.constantFrom(...' \n:-#,"\'[]{}ax1~!&*|>?%@.', ': ', '- ', '\n  '),
    )
    let read = 0
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), all => {
        let text = FLAG
        for (const [at, cut, insert] of all) text = text.slice(0, at) + insert + text.slice(at + cut)
        const quick = quickYaml(text)
        if (quick === undefined) return
        read++
        expect(quick.value).toEqual(full(text))
      }),
      { numRuns: 1500 },
    )
    expect(read).toBeGreaterThan(100)
  })
})
