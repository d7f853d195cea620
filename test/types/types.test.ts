import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const FILES = readdirSync(import.meta.dirname).filter(name => name.endsWith('.types.ts'))
const MARK = '// @ts-expect-error'

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => readFileSync(path, 'utf8'))
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)

// That right use compiles and each mark stands where something does not, `npm run types` says. It cannot say whether
// the marks are read at all, so here they are taken away.
it('wrong use of the public types does not compile, line by line', () => {
  const paths = FILES.map(name => join(import.meta.dirname, name))
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (file, language, ...rest) => {
    if (!paths.includes(resolve(file))) return read(file, language, ...rest)
    return ts.createSourceFile(file, readFileSync(file, 'utf8').replaceAll(MARK, '//'), language)
  }
  const program = ts.createProgram(paths, options, host)
  for (const path of paths) {
    const marked = readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, i) => (line.includes(MARK) ? [i + 2] : []))
    const source = program.getSourceFile(path)!
    const wrong = program
      .getSemanticDiagnostics(source)
      .map(one => source.getLineAndCharacterOfPosition(one.start!).line + 1)
    expect(marked.length).toBeGreaterThan(4)
    expect([...new Set(wrong)]).toEqual(marked)
  }
})
