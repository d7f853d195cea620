import type { Json } from '../base/json.ts'
import type { FlagFile, Workspace } from '../publisher/workspace/types.ts'

/** `export type Flags = …`: what `createClient<Flags>()` takes. Archived flags are left out. */
export function typeScriptOf(workspace: Workspace): string {
  const members = [...workspace.flags.values()]
    .filter(({ content }) => content.archived === undefined)
    .flatMap(({ content }) => [...docOf(content), `  ${JSON.stringify(content.key)}: ${valueType(content)}`])
  return [
    '// Made by `ensign types`. Do not edit.',
    '',
    '/** The type of each flag: `createClient<Flags>({ ... })`. */',
    'export type Flags = {',
    ...members,
    '}',
    '',
  ].join('\n')
}

function docOf({ description, owner }: FlagFile): string[] {
  const words = [description, owner === undefined ? undefined : `Owner: ${owner}.`].filter(word => word !== undefined)
  return words.length === 0 ? [] : [`  /** ${words.join(' ').replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */`]
}

function valueType(flag: FlagFile): string {
  if (flag.type === 'boolean') return 'boolean'
  if (flag.type === 'integer' || flag.type === 'number') return 'number'
  const print = flag.type === 'string' ? (value: Json) => JSON.stringify(value) : jsonType
  return [...new Set(valuesOf(flag).map(print))].sort().join(' | ') || 'never'
}

/** Every value that a variant has in any environment. */
function valuesOf(flag: FlagFile): Json[] {
  const everywhere = (flag.variants ?? []).map(variant => variant.value)
  const own = Object.values(flag.environments).flatMap(block => Object.values(block.values ?? {}))
  return [...everywhere, ...own]
}

function jsonType(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) {
    const items = [...new Set(value.map(jsonType))].sort()
    return items.length === 0 ? 'readonly unknown[]' : `readonly (${items.join(' | ')})[]`
  }
  if (typeof value !== 'object') return typeof value
  const members = Object.entries(value).map(([name, member]) => `readonly ${JSON.stringify(name)}: ${jsonType(member)}`)
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`
}

const OPEN_FEATURE_TYPES = {
  boolean: 'boolean',
  string: 'string',
  integer: 'integer',
  number: 'float',
  json: 'object',
} as const
const DEFAULTS = { boolean: false, string: '', integer: 0, number: 0, json: {} } as const

/** The manifest that the OpenFeature command line makes typed clients from. */
export function openFeatureManifest(workspace: Workspace): Json {
  const flags: Record<string, Json> = {}
  for (const { content } of workspace.flags.values()) {
    if (content.archived !== undefined) continue
    const off = content.variants?.find(variant => variant.name === content.off)
    flags[content.key] = {
      flagType: OPEN_FEATURE_TYPES[content.type],
      defaultValue: off?.value ?? DEFAULTS[content.type],
      ...(content.description === undefined ? {} : { description: content.description }),
    }
  }
  return { flags }
}
