import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Manifest extends Locked {
  readonly name: string
  readonly version: string
  readonly devDependencies?: unknown
  readonly peerDependencies?: unknown
  readonly peerDependenciesMeta?: unknown
}

interface Sbom {
  readonly bomFormat: string
  readonly components: readonly { readonly name: string; readonly version: string }[]
}

/**
 * The CycloneDX document of what comes with an installation, by the lock file alone. npm leaves out a run-time
 * dependency that a development tool needs as well, so it is given the lock file without those tools.
 */
export function sbomOf(root: string): string {
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
  const {
    devDependencies: _,
    peerDependencies: __,
    peerDependenciesMeta: ___,
    ...manifest
  } = read('package.json') as Manifest
  const lock = read('package-lock.json') as { packages: Readonly<Record<string, Locked>> }
  const packages = runTimePart(manifest, lock.packages)
  const folder = mkdtempSync(join(tmpdir(), 'ensign-sbom-'))
  try {
    // npm names the document by the folder.
    const project = join(folder, manifest.name)
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
    writeFileSync(
      join(project, 'package-lock.json'),
      JSON.stringify({ ...lock, packages: { '': manifest, ...packages } }),
    )
    const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
    const text = execFileSync('npm', args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
    refuseGaps(JSON.parse(text) as Sbom, Object.keys(packages))
    return text
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The entries that an installation without development tools needs, by where they lie. */
export function runTimePart(
  manifest: Locked,
  packages: Readonly<Record<string, Locked>>,
): Readonly<Record<string, Locked>> {
  const found: Record<string, Locked> = {}
  const visit = (at: string, { dependencies, optionalDependencies }: Locked) => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const path = locate(packages, at, name)
      if (path === undefined) throw new Error(`the lock file has no ${name}, which ${at || 'the package'} needs`)
      if (found[path] !== undefined) continue
      found[path] = packages[path]!
      visit(path, packages[path]!)
    }
  }
  visit('', manifest)
  return found
}

/** As Node finds it: in the own folder of modules, or in one above. */
function locate(packages: Readonly<Record<string, Locked>>, at: string, name: string): string | undefined {
  const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
  if (packages[path] !== undefined) return path
  return at === '' ? undefined : locate(packages, at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/'))), name)
}

function refuseGaps({ bomFormat, components }: Sbom, paths: readonly string[]): void {
  if (bomFormat !== 'CycloneDX') throw new Error(`npm gave ${bomFormat}`)
  const names = new Set(components.map(({ name }) => name))
  const missing = paths.map(path => path.slice(path.lastIndexOf('node_modules/') + 13)).filter(name => !names.has(name))
  if (missing.length > 0) throw new Error(`npm left out ${missing.join(', ')}`)
}
