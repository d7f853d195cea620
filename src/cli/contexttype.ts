import type { Attribute, AttributeType, Workspace } from '../publisher/workspace/types.ts'

const TYPES: Readonly<Record<AttributeType, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  strings: 'readonly string[]',
  numbers: 'readonly number[]',
  time: 'string | number | Date',
  semver: 'string',
  version: 'string',
  ip: 'string',
}

interface Branch {
  readonly [name: string]: string | Branch
}

/**
 * The attributes of a context, all of them optional: what is missing is unknown to the rules. One that no rule may read
 * is left out, so that it is not handed over for nothing. Where attributes.yaml says nothing, everything goes.
 */
export function contextType(workspace: Workspace, indent: string): string {
  const attributes = [...workspace.attributes.values()]
  if (attributes.length === 0) return 'Record<string, unknown>'
  const readable = attributes.filter(({ pii, sealed }) => pii !== 'forbidden' || sealed !== undefined)
  const tree: Record<string, string | Branch> = {}
  for (const attribute of readable) plant(tree, attribute.path ?? [attribute.name], typeOf(attribute))
  for (const name of Object.values(workspace.project.content.units)) {
    if (!workspace.attributes.has(name)) plant(tree, [name], 'string | number')
  }
  return print(tree, indent)
}

function plant(tree: Record<string, string | Branch>, [name, ...rest]: readonly string[], type: string): void {
  if (rest.length === 0) {
    tree[name!] = type
    return
  }
  const branch = tree[name!]
  const below: Record<string, string | Branch> = typeof branch === 'object' ? { ...branch } : {}
  plant(below, rest, type)
  tree[name!] = below
}

function typeOf({ type, values }: Attribute): string {
  if (values === undefined || values.length === 0) return TYPES[type]
  const union = [...new Set(values.map(value => JSON.stringify(value)))].join(' | ')
  return type === 'strings' || type === 'numbers' ? `readonly (${union})[]` : union
}

function print(tree: Branch, indent: string): string {
  const members = Object.entries(tree).map(([name, type]) => {
    const told = typeof type === 'string' ? type : print(type, `${indent}  `)
    return `${indent}  ${JSON.stringify(name)}?: ${told} | undefined`
  })
  return members.length === 0 ? 'object' : `{\n${members.join('\n')}\n${indent}}`
}
