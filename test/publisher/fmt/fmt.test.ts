import { describe, expect, it } from 'vitest'
import { formatFile } from '../../../src/publisher/fmt/fmt.ts'
import { layoutsOf } from '../../../src/publisher/layout/lay.ts'
import { readDocument } from '../../../src/publisher/workspace/document.ts'
import type { FlagFile } from '../../../src/publisher/workspace/types.ts'
import { SHOP } from '../support/folder.ts'

const MESSY = `# What this is about.
salt: s   # never change
# Who to call.
owner:   me
environments:
    # Real people.
    production:
        otherwise: a
        rules:
        -   when: { country: NL, age: {lt: 65, gte: 18} }   # only there
            split: {arms: {a: 50, b: 50}}
            id: r
        enabled: true
type: string
variants: [{value: A, name: a},{value: B, name: b}]
off: a
key: f
`

describe('the usual form of a file', () => {
  it('orders members and keeps every comment', () => {
    const flag = readDocument('f', MESSY).value as unknown as FlagFile
    expect(formatFile('flag', 'f.yaml', MESSY, layoutsOf(flag))).toBe(`# What this is about.
key: f
type: string
# Who to call.
owner: me
salt: s # never change
variants: [ { name: a, value: A }, { name: b, value: B } ]
off: a
environments:
  # Real people.
  production:
    enabled: true
    rules:
      - id: r
        when: { country: NL, age: { lt: 65, gte: 18 } } # only there
        split: { arms: { a: 50, b: 50 } }
    otherwise: a
layout:
  production:
    r: { a: [ [ 0, 50000 ] ], b: [ [ 50000, 100000 ] ] }
`)
  })

  it('changes nothing twice, and nothing of what is said', () => {
    for (const [name, text] of Object.entries(SHOP)) {
      const kind = name.startsWith('flags/') ? 'flag' : undefined
      if (kind === undefined) continue
      const once = formatFile(kind, name, text)
      expect(formatFile(kind, name, once)).toBe(once)
      expect(readDocument(name, once).value).toEqual(readDocument(name, text).value)
    }
  })

  it('writes JSON as JSON', () => {
    expect(formatFile('flag', 'f.json', '{"salt":"s","key":"f"}')).toBe('{\n  "key": "f",\n  "salt": "s"\n}\n')
  })
})

describe('the layout beside a flag', () => {
  const flag = (arms: Record<string, number>, layout?: FlagFile['layout']): FlagFile => ({
    key: 'f',
    type: 'string',
    salt: 's',
    off: 'a',
    environments: { p: { enabled: true, otherwise: { split: { arms } } } },
    ...(layout === undefined ? {} : { layout }),
  })

  it('keeps people where they are when weights change', () => {
    const first = layoutsOf(flag({ a: 50, b: 50 }))
    expect(first).toEqual({ p: { otherwise: { a: [[0, 50_000]], b: [[50_000, 100_000]] } } })
    const second = layoutsOf(flag({ a: 30, b: 50, c: 20 }, first))
    expect(second).toEqual({ p: { otherwise: { a: [[0, 30_000]], b: [[50_000, 100_000]], c: [[30_000, 50_000]] } } })
    expect(layoutsOf(flag({ a: 30, b: 50, c: 20 }, second))).toEqual(second)
  })

  it('goes by what is in force rather than by what was tried meanwhile', () => {
    const arms: [number, number, number][] = [
      [0, 20_000, 1],
      [20_000, 100_000, 0],
    ]
    const split = { by: 'u', salt: 's', arms, rest: 'next' as const }
    const running = {
      flags: {
        f: {
          on: true,
          type: 'string' as const,
          variants: [
            ['a', 'A'],
            ['b', 'B'],
          ] as [string, string][],
          off: 0,
          salt: 's',
          rules: [],
          otherwise: { split },
        },
      },
      segments: {},
    }
    const tried = { p: { otherwise: { a: [[0, 50_000] as const], b: [[50_000, 100_000] as const] } } }
    expect(layoutsOf(flag({ a: 80, b: 20 }, tried), new Map([['p', running]]))).toEqual({
      p: { otherwise: { a: [[20_000, 100_000]], b: [[0, 20_000]] } },
    })
  })
})
