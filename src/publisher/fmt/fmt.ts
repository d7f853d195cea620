import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml'
import type { Json } from '../../base/json.ts'
import { sameJson } from '../../base/samejson.ts'
import type { Layouts } from '../layout/lay.ts'
import { type FileKind, SCHEMAS } from '../schemas/index.ts'
import type { Schema } from '../schemas/shared.ts'

/**
 * A file in its usual form: members in the order of the schema, two spaces, comments where they were. What it says
 * stays the same, but that `layouts` replaces the layout of a flag.
 */
export function formatFile(kind: FileKind, file: string, text: string, layouts?: Layouts): string {
  if (file.endsWith('.json')) return formatJson(kind, text, layouts)
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false })
  if (layouts !== undefined) setLayout(document, layouts)
  orderNode(document.contents, SCHEMAS[kind], SCHEMAS[kind])
  return document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: true })
}

function setLayout(document: Document, layouts: Layouts): void {
  const now = document.get('layout')
  const written = now === undefined ? {} : (document.toJS() as { layout: Json }).layout
  if (sameJson(written, layouts)) return
  if (Object.keys(layouts).length === 0) {
    document.delete('layout')
    return
  }
  const node = document.createNode(layouts) as YAMLMap
  for (const environment of node.items) {
    const rules = (environment as Pair).value
    if (isMap(rules)) for (const rule of rules.items) if (isMap(rule.value)) rule.value.flow = true
  }
  document.set('layout', node)
}

/** Sorts the members of mappings that a schema lists; conditions keep the order in which they were written. */
function orderNode(node: unknown, schema: Json | undefined, whole: Schema): void {
  const resolved = resolve(schema, whole)
  if (resolved === undefined) return
  if (isMap(node)) {
    const properties = (resolved.properties ?? {}) as Record<string, Json>
    const names = Object.keys(properties)
    const rank = (pair: Pair) => {
      const index = names.indexOf(keyOf(pair))
      return index < 0 ? names.length : index
    }
    const first = node.items[0]?.key as { commentBefore?: string | null } | undefined
    if (names.length > 0) node.items.sort((a, b) => rank(a) - rank(b))
    // A remark above the first member is about the whole file, and stays at its top.
    moveComment(first, node.items[0]?.key as { commentBefore?: string | null } | undefined)
    for (const pair of node.items) {
      const name = keyOf(pair)
      orderNode(pair.value, Object.hasOwn(properties, name) ? properties[name] : resolved.additionalProperties, whole)
    }
  } else if (isSeq(node)) for (const item of node.items) orderNode(item, resolved.items, whole)
}

type Commented = { commentBefore?: string | null } | undefined

function moveComment(from: Commented, to: Commented): void {
  if (from === undefined || to === undefined || from === to || !from.commentBefore) return
  to.commentBefore = to.commentBefore ? `${from.commentBefore}\n${to.commentBefore}` : from.commentBefore
  from.commentBefore = null
}

const keyOf = (pair: Pair) => (isScalar(pair.key) ? String(pair.key.value) : '')

function resolve(schema: Json | undefined, whole: Schema): Schema | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined
  const { $ref } = schema as { $ref?: string }
  if ($ref === undefined) return schema as Schema
  return (whole.$defs as Record<string, Schema>)[$ref.replace('#/$defs/', '')]
}

function formatJson(kind: FileKind, text: string, layouts: Layouts | undefined): string {
  const { layout, ...value } = JSON.parse(text) as Record<string, Json>
  const laid = layouts ?? layout
  const whole =
    laid === undefined || Object.keys(laid as object).length === 0 ? value : { ...value, layout: laid as Json }
  return `${JSON.stringify(ordered(whole, SCHEMAS[kind], SCHEMAS[kind]), null, 2)}\n`
}

function ordered(value: Json, schema: Json | undefined, whole: Schema): Json {
  const resolved = resolve(schema, whole)
  if (resolved === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => ordered(item, resolved.items, whole))
  const properties = (resolved.properties ?? {}) as Record<string, Json>
  const names = Object.keys(properties)
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  const members = Object.entries(value as Record<string, Json>).sort(([a], [b]) => rank(a) - rank(b))
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      ordered(member, Object.hasOwn(properties, name) ? properties[name] : resolved.additionalProperties, whole),
    ]),
  )
}
