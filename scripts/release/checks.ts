/** What a release stands on; each is read once, before anything is made. */
export interface Ground {
  /** Of package.json. */
  readonly version: string
  /** Of the lock file. */
  readonly locked: string
  readonly scripts: Readonly<Record<string, string>>
  readonly changelog: string
  /** `git status --porcelain`. */
  readonly status: string
  /** Tags of the commit that is checked out. */
  readonly tags: readonly string[]
}

interface Check {
  readonly name: string
  /** Undefined: it holds. */
  readonly fault: string | undefined
}

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/
const INSTALL = /^(?:pre|post)?install$|^prepare$|^prepublish$/

/** The version, the changelog, the tag and the tree say the same. */
export function checkGround({ version, locked, scripts, changelog, status, tags }: Ground): Check[] {
  const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d{2}-\\d{2}\\)$`, 'm')
  const dirty = status.split('\n').filter(line => line !== '')
  const installs = Object.keys(scripts).filter(name => INSTALL.test(name))
  const told = (holds: boolean, fault: string) => (holds ? undefined : fault)
  return [
    { name: 'the tree is clean', fault: told(dirty.length === 0, `${dirty.length} files differ from the commit`) },
    { name: 'the version is one', fault: told(VERSION.test(version), `${version} is no version`) },
    { name: 'the lock file agrees', fault: told(locked === version, `it says ${locked}, and not ${version}`) },
    {
      name: 'the changelog agrees',
      fault: told(heading.test(changelog), `no line "## ${version} (YYYY-MM-DD)" in CHANGELOG.md`),
    },
    { name: 'the tag agrees', fault: told(tags.includes(`v${version}`), `the commit has no tag v${version}`) },
    {
      name: 'nothing runs on install',
      fault: told(installs.length === 0, `package.json runs ${installs.join(', ')}`),
    },
  ]
}
