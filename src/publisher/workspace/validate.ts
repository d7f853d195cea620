import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Json } from '../../base/json.ts'
import { type FileKind, SCHEMAS } from '../schemas/index.ts'
import type { Locator } from './document.ts'
import type { Path, Problem } from './problem.ts'
import { type Check, MULTIPLE_DECIMALS, quickCheck } from './quickcheck.ts'
import { didYouMean } from './suggest.ts'

const quick = new Map<FileKind, Check>()
const compiled = new Map<FileKind, ValidateFunction>()
let ajv: Ajv2020 | undefined

function quickOf(kind: FileKind): Check {
  let check = quick.get(kind)
  if (check === undefined) {
    check = quickCheck(SCHEMAS[kind])
    quick.set(kind, check)
  }
  return check
}

/** Loaded for the first file that is in doubt: most workspaces have none. */
async function validatorOf(kind: FileKind): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  ajv ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    multipleOfPrecision: MULTIPLE_DECIMALS,
    // The schemas are ours and checked by a test: reading the schema of schemas took longer than most workspaces.
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  })
  let validate = compiled.get(kind)
  if (validate === undefined) {
    validate = ajv.compile(SCHEMAS[kind])
    compiled.set(kind, validate)
  }
  return validate
}

/** All that the schema of a kind of file has against a value, in words. */
export async function schemaProblems(kind: FileKind, value: Json, locate: Locator): Promise<Problem[]> {
  if (quickOf(kind)(value)) return []
  const validate = await validatorOf(kind)
  if (validate(value)) return []
  const problems: Problem[] = []
  for (const error of validate.errors ?? []) {
    const problem = problemOf(error, locate)
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

function problemOf(error: ErrorObject, locate: Locator): Problem | undefined {
  const describe = DESCRIBE[error.keyword]
  // `if` only says that `then` or `else` failed, which has said so itself.
  if (describe === undefined) return undefined
  const path = pathOf(error.instancePath)
  const told = describe(error, locate, path)
  const at = locate.place(told.path ?? path, told.key === true ? 'key' : 'value')
  return { code: told.code, level: 'error', what: told.what, cure: told.cure, at }
}

interface Told {
  readonly code: string
  readonly what: string
  readonly cure: string
  readonly path?: Path
  readonly key?: boolean
}

type Describe = (error: ErrorObject, locate: Locator, path: Path) => Told

const wanted = (error: ErrorObject) =>
  (error.parentSchema as { description?: string } | undefined)?.description ?? 'another value'

const wrongForm: Describe = error => ({
  code: 'wrong_form',
  what: `${shown(error.data)} is not ${wanted(error)}`,
  cure: `Write ${wanted(error)}.`,
})

const outOfRange: Describe = error => ({
  code: 'out_of_range',
  what: `${shown(error.data)} is not ${wanted(error)}`,
  cure: `Write ${wanted(error)}.`,
})

const DESCRIBE: Readonly<Record<string, Describe>> = {
  additionalProperties(error, _, path) {
    const name = error.params.additionalProperty as string
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
    return {
      code: 'unknown_member',
      what: `"${name}" is no member here`,
      cure: didYouMean(name, known, `Known are ${known.filter(one => one !== '$schema').join(', ')}.`),
      path: [...path, name],
      key: true,
    }
  },
  required: error => ({
    code: 'missing_member',
    what: `"${error.params.missingProperty}" is missing`,
    cure: `Add "${error.params.missingProperty}".`,
  }),
  dependentRequired: error => ({
    code: 'missing_member',
    what: `"${error.params.property}" stands without "${error.params.missingProperty}"`,
    cure: `Add "${error.params.missingProperty}" beside it.`,
  }),
  type(error, locate, path) {
    const types = [error.params.type].flat() as string[]
    if (typeof error.data === 'number' && types.includes('string')) {
      const source = locate.source(path) ?? String(error.data)
      return {
        code: 'quote_it',
        what: `the number ${source} where a text belongs`,
        cure: `Quote it: "${source}". Unquoted, 5.10 and 5.1 are the same number.`,
      }
    }
    return { code: 'wrong_type', what: `${shown(error.data)} is not ${wanted(error)}`, cure: `Write ${wanted(error)}.` }
  },
  enum(error) {
    const known = (error.params.allowedValues as unknown[]).map(String)
    return {
      code: 'wrong_value',
      what: `${shown(error.data)} is not ${wanted(error)}`,
      cure: didYouMean(String(error.data), known, `Write one of ${known.join(', ')}.`),
    }
  },
  const: wrongForm,
  pattern: wrongForm,
  minLength: wrongForm,
  maxLength: wrongForm,
  minimum: outOfRange,
  maximum: outOfRange,
  multipleOf: outOfRange,
  minItems: error => ({ code: 'out_of_range', what: 'an empty list', cure: `Write ${wanted(error)}.` }),
  maxItems: error => ({ code: 'out_of_range', what: 'too long a list', cure: `Take at most ${error.params.limit}.` }),
  minProperties: error => ({ code: 'out_of_range', what: 'an empty mapping', cure: `Write ${wanted(error)}.` }),
  maxProperties: error => ({
    code: 'out_of_range',
    what: 'more than one member where one belongs',
    cure: `Write ${wanted(error)}.`,
  }),
  uniqueItems: () => ({ code: 'wrong_value', what: 'the same entry twice', cure: 'Remove one of the two.' }),
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'nothing'
  if (typeof value === 'object') return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 40 ? 'this text' : text
}

/** A JSON pointer; steps into arrays become numbers. */
function pathOf(pointer: string): Path {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(step => (/^\d+$/.test(step) ? Number(step) : step))
}
