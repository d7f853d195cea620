import type { Json } from '../base/json.ts'
import type { FlagFile, Workspace } from '../publisher/workspace/types.ts'
import { contextType } from './contexttype.ts'

/** The first line of what is generated: code that has it names every flag and asks for none. */
export const GENERATED = '// Made by `ensign types`. Do not edit.'

/**
 * `AppFlags`, which `createClient<AppFlags>()` takes: value types, variants, and the context's attributes. Archived flags
 * are left out. A declaration file holds no values, so the constants are left out of it.
 */
export function typeScriptOf(workspace: Workspace, constants: boolean): string {
  const flags = [...workspace.flags.values()].filter(({ content }) => content.archived === undefined)
  const names = constantNames(workspace.flags.keys())
  const members = flags.flatMap(({ content }) => [
    ...docOf(content).map(line => `    ${line}`),
    `    ${JSON.stringify(content.key)}: { value: ${valueType(content)}; variant: ${variantType(content)} }`,
  ])
  const keys = flags.flatMap(({ content }) => [
    ...docOf(content).map(line => `  ${line}`),
    `  ${names.get(content.key)}: ${JSON.stringify(content.key)},`,
  ])
  return [
    GENERATED,
    '',
    '/** For `createClient<AppFlags>({ ... })`: another key, value, variant or attribute does not compile. */',
    'export interface AppFlags {',
    members.length === 0 ? '  flags: Record<never, never>' : `  flags: {\n${members.join('\n')}\n  }`,
    `  context: ${contextType(workspace, '  ')}`,
    '}',
    '',
    ...(constants
      ? [
          '/** The keys as constants, which `ensign usages` finds too: `flags.isEnabled(FLAGS.newCheckout)`. */',
          `export const FLAGS = {${keys.length === 0 ? '' : `\n${keys.join('\n')}\n`}} as const`,
          '',
        ]
      : []),
  ].join('\n')
}

/** `new-checkout` is `newCheckout`. Keys that would share a name stay as they are, in quotes. */
export function constantNames(keys: Iterable<string>): Map<string, string> {
  const names = new Map([...keys].map(key => [key, camel(key)]))
  const taken = new Map<string, number>()
  for (const name of names.values()) taken.set(name, (taken.get(name) ?? 0) + 1)
  for (const [key, name] of names) {
    if (taken.get(name) !== 1 || !/^[A-Za-z_]\w*$/.test(name))
      names.set(key, key === '__proto__' ? '["__proto__"]' : JSON.stringify(key))
  }
  return names
}

function camel(key: string): string {
  const words = key.split(/[^A-Za-z0-9]+/).filter(word => word !== '')
  return words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('')
}

function docOf({ description, owner }: FlagFile): string[] {
  const words = [description, owner === undefined ? undefined : `Owner: ${owner}.`].filter(word => word !== undefined)
  return words.length === 0 ? [] : [`/** ${words.join(' ').replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */`]
}

function valueType(flag: FlagFile): string {
  if (flag.type === 'boolean') return 'boolean'
  if (flag.type === 'integer' || flag.type === 'number') return 'number'
  const print = flag.type === 'string' ? (value: Json) => JSON.stringify(value) : jsonType
  return [...new Set(valuesOf(flag).map(print))].sort().join(' | ') || 'never'
}

function variantType(flag: FlagFile): string {
  const names = flag.variants?.map(({ name }) => name) ?? ['off', 'on']
  return names.map(name => JSON.stringify(name)).join(' | ') || 'never'
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
