import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { About, FullReply } from './ask.ts'
import type { Pages } from './core.ts'
import type { Headers } from './forms.ts'
import { emptyReply, textReply } from './replies.ts'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

/** Nothing from elsewhere, nothing inline, nobody may frame it. */
const POLICY: Headers = [
  'Content-Security-Policy',
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Opener-Policy',
  'same-origin',
]

const ABOUT: About = { kind: 'ui' }

/**
 * The files of a folder, read once. `places` is left out where tokens are asked for: names are not told to everybody then.
 */
export async function readPages(folder: string, places: (() => Promise<unknown>) | undefined): Promise<Pages> {
  const files = new Map<string, FullReply>()
  for (const name of await readdir(folder)) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
    if (type === undefined) continue
    const body = await readFile(join(folder, name))
    const headers = [
      'X-Content-Type-Options',
      'nosniff',
      'Cache-Control',
      'no-cache',
      'Content-Type',
      type,
      'Content-Length',
      String(body.length),
      ...POLICY,
    ]
    files.set(`/ui/${name === 'index.html' ? '' : name}`, { status: 200, headers, body, about: ABOUT })
  }
  return {
    answer({ path }) {
      if (path === '/ui') return emptyReply(308, ABOUT, ['Location', '/ui/'])
      if (path === '/ui/places.json' && places !== undefined) {
        return places().then(list => textReply(200, JSON.stringify(list), ABOUT))
      }
      return files.get(path)
    },
  }
}

/** The environments of a store folder that have a head. */
export async function placesIn(store: string): Promise<{ project: string; environments: string[] }[]> {
  const projects = await foldersIn(join(store, 'v1'))
  return Promise.all(
    projects.map(async project => {
      const inside = await foldersIn(join(store, 'v1', project))
      const heads = await Promise.all(inside.map(name => isThere(join(store, 'v1', project, name, 'head.json'))))
      return { project, environments: inside.filter((_, i) => heads[i]) }
    }),
  )
}

async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : [])).sort()
  } catch {
    return []
  }
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  )
}
