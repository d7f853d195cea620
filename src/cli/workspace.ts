import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fromBase64url } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { parseTime } from '../base/time.ts'
import type { Problem } from '../publisher/workspace/problem.ts'
import { readSoundWorkspace } from '../publisher/workspace/read.ts'
import { didYouMean } from '../publisher/workspace/suggest.ts'
import type { FileOf, FlagFile, Workspace } from '../publisher/workspace/types.ts'
import type { Secret } from '../rules/sealed.ts'
import type { Call } from './command.ts'
import { count } from './print.ts'

/** The nearest folder at or above the one named that holds ensign.yaml. */
export function workspaceFolder(call: Call): string {
  for (let dir = call.dir; ; dir = dirname(dir)) {
    if (holdsWorkspace(dir)) return dir
    if (dirname(dir) === dir)
      throw new EnsignError('no_workspace', 'there is no ensign.yaml here or above', { at: call.dir })
  }
}

export function holdsWorkspace(dir: string): boolean {
  try {
    return readdirSync(dir).some(name => /^ensign\.(?:yaml|yml|json)$/.test(name))
  } catch {
    return false
  }
}

export async function loadWorkspace(call: Call): Promise<Workspace> {
  const dir = workspaceFolder(call)
  call.progress('reading the workspace')
  return readSoundWorkspace(dir)
}

/** `--environment`, else the first of ensign.yaml. */
export function environmentOf(call: Call, workspace: Workspace): string {
  const { environments } = workspace.project.content
  return knownEnvironment(call.text('environment') ?? environments[0]!, environments)
}

export function knownEnvironment(name: string, environments: readonly string[]): string {
  if (environments.includes(name)) return name
  throw new EnsignError('no_environment', `there is no environment "${name}"`, {
    cure: didYouMean(name, environments, `It is one of ${environments.join(', ')}.`),
  })
}

export function flagOf(workspace: Workspace, key: string): FileOf<FlagFile> {
  const file = workspace.flags.get(key)
  if (file !== undefined) return file
  throw new EnsignError('unknown_flag', `there is no flag "${key}"`, {
    cure: didYouMean(key, workspace.flags.keys(), 'Make it with `ensign new`.'),
  })
}

/** `--now`, else the clock: milliseconds. */
export function nowOf(call: Call): number {
  const text = call.text('now')
  if (text === undefined) return call.io.now()
  const now = parseTime(text)
  if (now === undefined)
    throw new EnsignError('usage', '--now is no time', { cure: 'Write it as 2026-12-01T09:00:00Z.' })
  return now
}

/** ENSIGN_SECRET_NAME, base64url, for each secret that attributes.yaml names. */
export function secretsOf(call: Call, workspace: Workspace): Readonly<Record<string, Secret>> {
  const secrets: Record<string, Secret> = {}
  for (const { sealed } of workspace.attributes.values()) {
    if (sealed === undefined) continue
    const name = typeof sealed === 'string' ? sealed : sealed.key
    const variable = `ENSIGN_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
    const text = call.io.env[variable]
    if (text === undefined) continue
    const bytes = fromBase64url(text)
    if (bytes === undefined || bytes.length < 16) {
      throw new EnsignError('usage', `${variable} is not base64url of at least 16 bytes`, {
        cure: 'Make one with `openssl rand 32 | basenc --base64url`, without the padding.',
      })
    }
    secrets[name] = bytes
  }
  return secrets
}

export function refuseProblems(problems: readonly Problem[]): void {
  const errors = problems.filter(problem => problem.level === 'error')
  const [first] = errors
  if (first === undefined) return
  const more = errors.length > 1 ? `, and ${count(errors.length - 1, 'more error')}` : ''
  throw new EnsignError('unsound_workspace', `${first.what}${more}`, {
    ...(errors.length === 1 && first.cure !== undefined ? { cure: first.cure } : {}),
    at: `${first.at.file}:${first.at.line}:${first.at.column}`,
  })
}

export const inWorkspace = (workspace: Workspace, file: string) => join(workspace.dir, file)
