import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A runtime that the suite runs under, where its files are there. */
export interface Runtime {
  readonly name: string
  readonly kind: 'command' | 'workerd' | 'browser'
  /** Undefined: not installed; `missing` says what would install it. */
  readonly executable: string | undefined
  readonly args: readonly string[]
  readonly missing: string
}

const MODULES = join(import.meta.dirname, '../runtimes/node_modules')
const INSTALL = '`npm ci` in test/runtimes, which has it for Linux on x64'

function installed(path: string): string | undefined {
  const file = join(MODULES, path)
  return existsSync(file) ? file : undefined
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const command = (name: string, path: string, args: readonly string[]): Runtime => ({
  name,
  kind: 'command',
  executable: installed(path),
  args,
  missing: INSTALL,
})

export const RUNTIMES: readonly Runtime[] = [
  command('Node 20', 'node20/bin/node', []),
  command('Node 22', 'node22/bin/node', []),
  command('Node 24', 'node24/bin/node', []),
  command('Node 26', 'node26/bin/node', []),
  command('Deno', '@deno/linux-x64-glibc/deno', ['run', '--no-prompt', '--no-config', '--no-remote']),
  command('Bun', '@oven/bun-linux-x64/bin/bun', ['--no-install']),
  {
    name: 'workerd',
    kind: 'workerd',
    executable: installed('@cloudflare/workerd-linux-64/bin/workerd'),
    args: [],
    missing: INSTALL,
  },
  {
    name: 'Chromium',
    kind: 'browser',
    executable: process.env.CHROMIUM ?? CHROMIUM.find(path => existsSync(path)),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    missing: 'the package `chromium` of the system, or CHROMIUM=path',
  },
]
