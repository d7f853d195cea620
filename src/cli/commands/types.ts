import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from '../command.ts'
import { openFeatureManifest, typeScriptOf } from '../types.ts'
import { loadWorkspace } from '../workspace.ts'

const FORMATS = ['typescript', 'openfeature'] as const

export const types: Command = {
  name: 'types',
  topic: 'workspace',
  summary: 'print the types of all flags, for typed clients',
  about:
    'Values, variants and the attributes of contexts, as createClient<AppFlags>() takes them, and the keys as constants. A file\nthat ends in .d.ts gets the types alone.',
  options: [
    {
      flags: '--format <format>',
      about: 'TypeScript, or the manifest of the OpenFeature command line',
      choices: FORMATS,
      default: 'typescript',
    },
    { flags: '-o, --out <file>', about: 'write it there instead of printing it' },
  ],
  examples: [
    {
      command: 'ensign types --out src/flags.ts',
      shows: 'types for createClient<AppFlags>(), and the keys as constants',
    },
    {
      command: 'ensign types --format openfeature --out flags.json',
      shows: 'a manifest for typed OpenFeature clients',
    },
  ],
  json: { format: 'the format', text: 'what was made', file: 'where it was written, or null' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const format = call.need('format')
    const declares = call.text('out')?.endsWith('.d.ts') === true
    const text =
      format === 'typescript'
        ? typeScriptOf(workspace, !declares)
        : `${JSON.stringify(openFeatureManifest(workspace), null, 2)}\n`
    const out = call.text('out')
    if (out === undefined) return { json: { format, text, file: null }, text }
    const path = resolve(call.io.cwd, out)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    return { json: { format, text, file: out }, text: out }
  },
}
