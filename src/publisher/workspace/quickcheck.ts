import type { Json } from '../../base/json.ts'
import type { Schema } from '../schemas/shared.ts'

/** How far from a whole number of times is still a multiple: 0.1 + 0.2 is one of 0.1. */
export const MULTIPLE_DECIMALS = 6
const MULTIPLE_WITHIN = 10 ** -MULTIPLE_DECIMALS

/** Whether a value surely meets a schema. */
export type Check = (value: Json) => boolean

/**
 * The yes of a schema without a library that takes longer to load and to compile one than a small workspace takes to
 * check. False where the value does not meet it and for every doubt, so that the library decides and tells; where it
 * is true, the library would find nothing.
 */
export function quickCheck(schema: Schema): Check {
  const compiler: Compiler = { defs: (schema.$defs ?? {}) as Record<string, Json>, known: new Map() }
  return checkOf(compiler, schema)
}

interface Compiler {
  readonly defs: Readonly<Record<string, Json>>
  /** Of definitions: they name each other and themselves. */
  readonly known: Map<string, Check>
}

function checkOf(compiler: Compiler, schema: Json): Check {
  if (schema === true) return always
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return never
  const checks: Check[] = []
  for (const [keyword, operand] of Object.entries(schema as Schema)) {
    const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword]! : doubt
    const check = make(operand, schema as Schema, compiler)
    if (check !== undefined) checks.push(check)
  }
  if (checks.length === 1) return checks[0]!
  return value => {
    for (const check of checks) if (!check(value)) return false
    return true
  }
}

const always: Check = () => true
const never: Check = () => false

type Make = (operand: Json, schema: Schema, compiler: Compiler) => Check | undefined

const doubt: Make = () => never
/** Says nothing about a value, or is read beside another keyword. */
const silent: Make = () => undefined

type Members = Readonly<Record<string, Json>>

function isMapping(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const TYPES: Readonly<Record<string, Check>> = {
  null: value => value === null,
  boolean: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  number: value => Number.isFinite(value),
  integer: value => Number.isInteger(value),
  array: value => Array.isArray(value),
  object: isMapping,
}

/** Where a keyword is about one type, values of other types pass it. */
const KEYWORDS: Readonly<Record<string, Make>> = {
  $schema: silent,
  $defs: silent,
  title: silent,
  description: silent,
  then: silent,
  else: silent,
  type(operand) {
    const checks = [operand].flat().map(name => TYPES[name as string] ?? never)
    return checks.length === 1 ? checks[0] : value => checks.some(check => check(value))
  },
  enum(operand) {
    const values = new Set(operand as readonly Json[])
    return value => values.has(value)
  },
  const: operand => value => value === operand,
  // Lengths are of code points, each of one or two units.
  minLength: operand => ofTexts(text => text.length > 2 * ((operand as number) - 1)),
  maxLength: operand => ofTexts(text => text.length <= (operand as number)),
  pattern(operand) {
    const pattern = new RegExp(operand as string, 'u')
    return ofTexts(text => pattern.test(text))
  },
  minimum: operand => ofNumbers(value => value >= (operand as number)),
  maximum: operand => ofNumbers(value => value <= (operand as number)),
  multipleOf: operand =>
    ofNumbers(value => {
      const times = value / (operand as number)
      return Math.abs(Math.round(times) - times) <= MULTIPLE_WITHIN
    }),
  items(operand, _, compiler) {
    const check = checkOf(compiler, operand)
    return ofLists(list => list.every(check))
  },
  minItems: operand => ofLists(list => list.length >= (operand as number)),
  maxItems: operand => ofLists(list => list.length <= (operand as number)),
  uniqueItems: () =>
    ofLists(list => list.every(item => typeof item !== 'object') && new Set(list).size === list.length),
  required: operand => ofMappings(value => (operand as readonly string[]).every(name => Object.hasOwn(value, name))),
  dependentRequired: operand => {
    const rows = Object.entries(operand as Readonly<Record<string, readonly string[]>>)
    return ofMappings(value =>
      rows.every(([name, others]) => !Object.hasOwn(value, name) || others.every(other => Object.hasOwn(value, other))),
    )
  },
  minProperties: operand => ofMappings(value => Object.keys(value).length >= (operand as number)),
  maxProperties: operand => ofMappings(value => Object.keys(value).length <= (operand as number)),
  properties: members,
  additionalProperties: (operand, schema, compiler) =>
    schema.properties === undefined ? members(operand, schema, compiler) : undefined,
  $ref: (operand, _, compiler) => {
    const name = (operand as string).replace('#/$defs/', '')
    if (!Object.hasOwn(compiler.defs, name)) return never
    // Made when it is first asked: by then all of the schema has been gone through once.
    return value => definition(compiler, name)(value)
  },
  if(operand, schema, compiler) {
    // The check of any other keyword may be a doubt, and then neither branch is known to count.
    if (Object.keys(operand as Schema).join() !== 'required') return never
    const condition = checkOf(compiler, operand)
    const [met, unmet] = [checkOf(compiler, schema.then ?? true), checkOf(compiler, schema.else ?? true)]
    return value => (condition(value) ? met(value) : unmet(value))
  },
}

function definition(compiler: Compiler, name: string): Check {
  let check = compiler.known.get(name)
  if (check === undefined) {
    check = checkOf(compiler, compiler.defs[name]!)
    compiler.known.set(name, check)
  }
  return check
}

/** `properties` and `additionalProperties` together: each member is looked at once. */
function members(_: Json, schema: Schema, compiler: Compiler): Check {
  const named = Object.entries((schema.properties ?? {}) as Members)
  const checks = new Map(named.map(([name, one]) => [name, checkOf(compiler, one)]))
  const more = schema.additionalProperties === false ? never : checkOf(compiler, schema.additionalProperties ?? true)
  return ofMappings(value => {
    for (const name of Object.keys(value)) {
      if (!(checks.get(name) ?? more)(value[name]!)) return false
    }
    return true
  })
}

const ofTexts =
  (check: (text: string) => boolean): Check =>
  value =>
    typeof value !== 'string' || check(value)
const ofNumbers =
  (check: (number: number) => boolean): Check =>
  value =>
    typeof value !== 'number' || check(value)
const ofLists =
  (check: (list: readonly Json[]) => boolean): Check =>
  value =>
    !Array.isArray(value) || check(value)
const ofMappings =
  (check: (mapping: Members) => boolean): Check =>
  value =>
    !isMapping(value) || check(value)
