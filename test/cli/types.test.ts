import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import ts from 'typescript'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { parseScript, runScript } from './script.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'ensign-types-'))
const printed = new Map<string, string>()
afterAll(() => rmSync(folder, { recursive: true }))

/** What the workspace of `testdata/types.txt` gives. */
beforeAll(async () => {
  const { files } = parseScript(readFileSync(join(import.meta.dirname, 'testdata/types.txt'), 'utf8'))
  for (const format of ['typescript', 'openfeature']) {
    const { steps } = parseScript(`$ ensign types --format ${format}\n`)
    const [lines] = await runScript({ steps, files }, main)
    printed.set(format, `${lines!.join('\n')}\n`)
  }
})

const USE = `import { type Client, createClient } from '${ROOT}/src/index.node.ts'
import { type AppFlags, FLAGS } from './flags.ts'

export const flags: Client<AppFlags> = createClient<AppFlags>({
  url: 'https://flags.example',
  project: 'shop',
  environment: 'production',
  root: { version: 1, digest: '' },
  context: { country: 'NL' },
})
const size: number = flags.value('page-size', { userId: 'u', company: { seats: 3 } }, 20)
const same: number = flags.value(FLAGS['page-size'], { roles: ['admin'], since: new Date(0), accountId: 7 }, 20)
const theme: { readonly dark: boolean } | undefined = flags.value(FLAGS.theme)
const variant: 'small' | 'large' | undefined = flags.variant('page-size', { 'e-mail': 'a@example.com' })
const on: boolean = flags.isEnabled('page.size')
export const used = [size, same, theme, variant, on]

flags.isEnabled('gone') // an archived flag
flags.isEnabled('page-sise') // no such flag
flags.value('page-size', {}, '20') // another type
flags.value('title', {}, 'C') // a value that no variant has
flags.isEnabled('theme', { userID: 'u' }) // no such attribute
flags.isEnabled('theme', { country: 'DE' }) // a value that the attribute never has
flags.isEnabled('theme', { roles: ['boss'] }) // a value that the list never has
flags.isEnabled('theme', { company: { plan: 3 } }) // another type below
flags.isEnabled('theme', { passport: 'x' }) // an attribute that no rule may read
const other: 'small' | 'huge' | undefined = flags.variant('page-size') // no such variant
flags.isEnabled(FLAGS.gone) // no constant of it
`

it('prints types that take right use, and no wrong one', () => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'flags.ts'), printed.get('typescript')!)
  writeFileSync(join(folder, 'use.ts'), USE)
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => readFileSync(path, 'utf8'))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const typeRoots = [join(ROOT, 'node_modules/@types')]
  const program = ts.createProgram([join(folder, 'use.ts')], { ...options, noUnusedLocals: false, typeRoots })
  const linesOf = (file: string) => {
    const source = program.getSourceFile(join(folder, file))!
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return [...new Set(found.map(one => source.getLineAndCharacterOfPosition(one.start!).line + 1))]
  }
  expect(linesOf('flags.ts')).toEqual([])
  const wrong = USE.split('\n').flatMap((line, i) => (line.includes(' // ') ? [i + 1] : []))
  expect(wrong).toHaveLength(11)
  expect(linesOf('use.ts')).toEqual(wrong)
})

/** The manifest of the OpenFeature command line, schema v0, as its project publishes it. */
const flagOf = (flagType: string, defaultValue: object) => ({
  type: 'object',
  required: ['flagType', 'defaultValue'],
  properties: { flagType: { const: flagType }, defaultValue, description: { type: 'string' } },
})
const MANIFEST = {
  type: 'object',
  required: ['flags'],
  properties: {
    flags: {
      type: 'object',
      additionalProperties: false,
      patternProperties: {
        '^.{1,}$': {
          oneOf: [
            flagOf('boolean', { type: 'boolean' }),
            flagOf('string', { type: 'string' }),
            flagOf('integer', { type: 'integer' }),
            flagOf('float', { type: 'number' }),
            flagOf('object', {}),
          ],
        },
      },
    },
  },
}

it('prints a manifest that the OpenFeature command line takes', () => {
  const manifest = JSON.parse(printed.get('openfeature')!) as { flags: Record<string, unknown> }
  const valid = new Ajv({ strict: true, allErrors: true }).compile(MANIFEST)
  expect(valid(manifest), JSON.stringify(valid.errors)).toBe(true)
  expect(Object.keys(manifest.flags)).toEqual(['page-size', 'page.size', 'theme', 'title'])
  expect(valid({ flags: { a: { flagType: 'number', defaultValue: 1 } } })).toBe(false)
  expect(valid({ flags: { a: { flagType: 'integer', defaultValue: '1' } } })).toBe(false)
})
