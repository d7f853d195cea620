import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { parseScript, runScript } from './script.ts'

const ENVIRONMENT =
  'environments: { production: { enabled: true, rules: [{ id: r, when: { country: NL }, rollout: 10 }], otherwise: off } }'
const keys = Array.from({ length: 60 }, (_, i) => `flag-${String(i).padStart(2, '0')}`)
const head = (key: string) =>
  `key: ${key}\ntype: boolean\nowner: web\nkind: operational\nrisk: low\nexpires: never\nsalt: salt-${key}`
const files = keys.map(key => `-- flags/${key}.yaml --\n${head(key)}\n${ENVIRONMENT}\n`)

/** All 60 are described anew, the last but one grows, the last is archived. */
const edits = keys
  .map(key => `$ replace flags/${key}.yaml "owner: web" "owner: shop"`)
  .concat(['$ replace flags/flag-58.yaml "rollout: 10" "rollout: 30"', '$ ensign archive flag-59'])

async function outputsOf(commands: readonly string[]): Promise<string[][]> {
  const start = [
    '$ ensign init . --project shop -e production --json',
    '$ ensign propose --reason start --as alice --id start',
    '$ ensign approve start --as bob --yes',
    '$ ensign publish start',
    ...edits,
    '$ ensign propose --reason "another team" --as alice --id team',
  ]
  const outputs = await runScript(parseScript([...start, ...commands, ...files].join('\n')), main)
  return outputs.slice(4 + edits.length)
}

const flagsIn = (lines: readonly string[]) => new Set(lines.join('\n').match(/flag-\d\d/g))

describe('a difference of more rows than anybody reads', () => {
  it('is cut where people read it, says so, and shows first what is dangerous', async () => {
    const [proposed, review, full, json, approved, diff, fullDiff, markdown, diffJson] = await outputsOf([
      '$ ensign review team',
      '$ ensign review team --all',
      '$ ensign review team --json',
      '$ ensign approve team --as bob --yes',
      '$ ensign diff',
      '$ ensign diff --all',
      '$ ensign diff --markdown',
      '$ ensign diff --json',
    ])
    for (const cut of [proposed!, review!, approved!]) {
      expect(cut[1]).toMatch(/^62 changes to 60 flags and segments \(.*60 describe.*\)$/)
      expect(cut[2]).toMatch(/archive +flag-59/)
      expect(cut[3]).toMatch(/rollout +flag-58/)
      expect(cut).toContain('and 12 more changes: see them with --all or --json')
      expect(flagsIn(cut).size).toBeLessThan(60)
    }
    expect(diff![0]).toBe('production: 62 changes to 60 flags and segments (60 describe, 1 rollout, 1 archive)')
    expect(diff![3]).toBe('flag-59')
    expect(diff!).toContain('and 10 more flags: see them with --all or --json')
    expect(flagsIn(diff!).size).toBe(50)
    for (const whole of [full!, json!, fullDiff!, markdown!, diffJson!]) expect(flagsIn(whole)).toEqual(new Set(keys))
  })
})
