import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { openBundleFile } from '../../bundle/bundlefile.ts'
import type { Source } from '../../bundle/source.ts'
import { storeSource } from '../../publisher/publish/sources.ts'
import { folderStore } from '../../publisher/stores/folder.ts'
import type { Call } from '../command.ts'
import { webFile, webSource } from '../websource.ts'

/** Something to look into: one environment of one project. */
export interface Found {
  readonly source: Source
  /** Undefined: a bundle file, which says itself whose it is. */
  readonly project: string | undefined
  readonly environment: string | undefined
  /** Of a bundle file: reads the rest, and checks that it ends where it must. */
  finish(): Promise<void>
}

/** A bundle file here or on a server, a store, or a server's environment. */
export async function findWhat(call: Call): Promise<Found> {
  const what = call.need('what')
  if (/^https?:/.test(what)) return findOnline(call, what)
  const path = resolve(call.io.cwd, what)
  const found = await stat(path).catch(cause => {
    throw new EnsignError('file', 'there is no such file or folder', { at: what, cause })
  })
  if (!found.isDirectory()) return bundle(call, createReadStream(path))
  const { project, environment } = await onlyOne(call, path)
  return { source: storeSource(folderStore(path), project), project, environment, finish: async () => undefined }
}

function bundle(call: Call, bytes: AsyncIterable<Uint8Array>): Found {
  const source = openBundleFile(bytes)
  return {
    source,
    project: call.text('project'),
    environment: call.text('environment'),
    finish: () => source.finish(),
  }
}

const ENVIRONMENT_URL = /^(https?:\/\/.+?)\/v1\/([a-z0-9-]+)\/([a-z0-9-]+)(?:\/head\.json)?\/?$/

async function findOnline(call: Call, url: string): Promise<Found> {
  const token = call.io.env.ENSIGN_TOKEN
  if (new URL(url).pathname.endsWith('.ndjson')) return bundle(call, await webFile(url, token))
  const [, base = url, named, name] = ENVIRONMENT_URL.exec(url) ?? []
  const project = call.text('project') ?? named
  const environment = call.text('environment') ?? name
  if (project === undefined || environment === undefined) {
    throw new EnsignError('usage', 'which environment of the server is not clear', {
      cure: 'Give --project and -e, or an address that ends in /v1/PROJECT/ENVIRONMENT.',
    })
  }
  return { source: webSource(base, project, token), project, environment, finish: async () => undefined }
}

/** What was asked for; else the one environment that has a head. */
async function onlyOne(call: Call, store: string): Promise<{ project: string; environment: string }> {
  const wanted = { project: call.text('project'), environment: call.text('environment') }
  const heads = await headsIn(store)
  const fitting = heads.filter(
    one =>
      (wanted.project ?? one.project) === one.project && (wanted.environment ?? one.environment) === one.environment,
  )
  const [one, another] = fitting
  if (one !== undefined && another === undefined) return one
  const names = (another === undefined ? heads : fitting).map(({ project, environment }) => `${project}/${environment}`)
  const cure = names.length === 0 ? {} : { cure: `Give --project and -e; there are ${names.join(', ')}.` }
  if (another !== undefined) throw new EnsignError('usage', 'the store holds several environments', cure)
  throw new EnsignError('no_release', 'the store has no head of this environment', cure)
}

async function headsIn(store: string): Promise<{ project: string; environment: string }[]> {
  const found = []
  for (const project of await foldersIn(join(store, 'v1'))) {
    for (const environment of await foldersIn(join(store, 'v1', project))) {
      const head = join(store, 'v1', project, environment, 'head.json')
      if ((await stat(head).catch(() => undefined))?.isFile() === true) found.push({ project, environment })
    }
  }
  return found
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const names = entries.filter(entry => entry.isDirectory() && /^[a-z0-9][a-z0-9-]{0,62}$/.test(entry.name))
  return names.map(({ name }) => name).sort()
}
