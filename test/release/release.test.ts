import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkGround, type Ground } from '../../scripts/release/checks.ts'
import { runTimePart } from '../../scripts/release/sbom.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'ensign-release-'))
afterAll(() => rmSync(folder, { recursive: true }))

const GOOD: Ground = {
  version: '1.2.3',
  locked: '1.2.3',
  scripts: { test: 'x' },
  changelog: '# Changelog\n\n## 1.2.3 (2026-12-01)\n\n- **a**\n',
  status: '',
  tags: ['v1.2.3', ''],
}
const faultsOf = (more: Partial<Ground>) =>
  checkGround({ ...GOOD, ...more }).flatMap(({ fault }) => (fault === undefined ? [] : [fault]))

describe('a release', () => {
  it('stands on a tree, a version, a changelog and a tag that agree', () => {
    expect(faultsOf({})).toEqual([])
    expect(faultsOf({ status: ' M src/index.ts\n?? x\n' })).toEqual(['2 files differ from the commit'])
    expect(faultsOf({ locked: '1.2.2' })).toEqual(['it says 1.2.2, and not 1.2.3'])
    expect(faultsOf({ changelog: '## Unreleased\n\n## 1x2.3 (2026-12-01)\n' })).toEqual([
      'no line "## 1.2.3 (YYYY-MM-DD)" in CHANGELOG.md',
    ])
    expect(faultsOf({ tags: ['v1.2.2'] })).toEqual(['the commit has no tag v1.2.3'])
    expect(faultsOf({ scripts: { postinstall: 'x', prepare: 'y', preview: 'z' } })).toEqual([
      'package.json runs postinstall, prepare',
    ])
    expect(faultsOf({ version: 'next' })).toContain('next is no version')
  })

  it('counts what lies in nested folders of modules, and no tool of development', () => {
    const packages = {
      'node_modules/a': { dependencies: { b: '1' } },
      'node_modules/b': {},
      'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/c': { dependencies: { a: '1' } },
      'node_modules/tool': {},
    }
    expect(Object.keys(runTimePart({ dependencies: { a: '1' } }, packages))).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ])
    expect(() => runTimePart({ dependencies: { gone: '1' } }, packages)).toThrow('no gone')
  })

  it('run dry, leaves tarball, SBOM and sums, and says that nothing was published', () => {
    const args = ['scripts/run.mjs', 'scripts/release.ts', '--dry-run', '--built', '--out', folder]
    const told = execFileSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
    expect(told).toContain('nothing was published')
    const [sbom, tarball, sums] = ['.cdx.json', '.tgz', 'SHA256SUMS'].map(
      ending => readdirSync(folder).find(name => name.endsWith(ending))!,
    )
    for (const line of readFileSync(join(folder, sums!), 'utf8').trim().split('\n')) {
      const [sum, name] = line.split('  ')
      expect([sbom, tarball]).toContain(name)
      expect(
        createHash('sha256')
          .update(readFileSync(join(folder, name!)))
          .digest('hex'),
      ).toBe(sum)
    }
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const { bomFormat, components, metadata } = JSON.parse(readFileSync(join(folder, sbom!), 'utf8'))
    expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'ensign-flags'])
    const names = components.map(({ name, version }: { name: string; version: string }) => `${name}@${version}`)
    expect(names).toEqual(
      expect.arrayContaining(Object.entries(dependencies).map(([name, version]) => `${name}@${version}`)),
    )
    expect(names.join()).not.toMatch(/vitest|typescript|biome/)
  })

  it('is published by a workflow that has an identity, and by nothing else', () => {
    const { jobs } = parse(readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8')) as {
      jobs: { release: { permissions: Record<string, string>; steps: { run?: string }[] } }
    }
    expect(jobs.release.permissions['id-token']).toBe('write')
    const runs = jobs.release.steps.flatMap(({ run }) => (run === undefined ? [] : [run]))
    expect(runs.slice(0, 2)).toEqual(['.ci/run', 'npm run -s release -- --publish'])
  })
})
