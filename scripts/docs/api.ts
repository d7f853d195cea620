import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'

/** What users may rely on: every export of every entry with its declaration. A change here is a change of the API. */
const ENTRIES: readonly (readonly [name: string, file: string, what: string])[] = [
  [
    'ensign-flags/rules',
    'src/rules/index.ts',
    'Evaluates a plain rule set. Proves nothing about where the rules came from.',
  ],
  ['ensign-flags/serve', 'src/serve.ts', 'Serves a store over HTTP.'],
]

export function apiPage(): string {
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', path => readFileSync(path, 'utf8')).config,
    ts.sys,
    process.cwd(),
  )
  const program = ts.createProgram(
    ENTRIES.map(([, file]) => resolve(file)),
    config.options,
  )
  const checker = program.getTypeChecker()
  const lines = [
    '# API',
    '',
    'Every export of every entry, printed from the source by `npm run docs`. A check fails when this page and the code',
    'differ, so the public surface changes on purpose only.',
    '',
  ]
  for (const [name, file, what] of ENTRIES) {
    const source = program.getSourceFile(resolve(file))!
    lines.push(`## \`${name}\``, '', what, '', '```text')
    const exported = checker
      .getExportsOfModule(checker.getSymbolAtLocation(source)!)
      .map(symbol => ({ name: symbol.name, text: describe(checker, symbol) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    lines.push(exported.map(one => one.text).join('\n\n'), '```', '')
  }
  return lines.join('\n').trimEnd().concat('\n')
}

function describe(checker: ts.TypeChecker, alias: ts.Symbol): string {
  const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias
  const declarations = symbol.declarations ?? []
  return declarations
    .filter(node => !isImplementation(node, declarations))
    .map(node => declarationText(checker, alias.name, symbol, node))
    .join('\n')
}

/** Of an overloaded function only the overloads are public. */
function isImplementation(node: ts.Declaration, all: readonly ts.Declaration[]): boolean {
  return ts.isFunctionDeclaration(node) && node.body !== undefined && all.length > 1
}

function declarationText(checker: ts.TypeChecker, name: string, symbol: ts.Symbol, node: ts.Declaration): string {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return bare(node)
  if (ts.isClassDeclaration(node)) return classText(node)
  if (ts.isFunctionDeclaration(node)) {
    const parameters = node.parameters.map(parameter => bare(parameter)).join(', ')
    const generics = node.typeParameters ? `<${node.typeParameters.map(one => bare(one)).join(', ')}>` : ''
    const signature = checker.getSignatureFromDeclaration(node)!
    return `function ${name}${generics}(${parameters}): ${node.type ? bare(node.type) : checker.typeToString(signature.getReturnType())}`
  }
  const flags = ts.TypeFormatFlags.NoTruncation
  return `const ${name}: ${checker.typeToString(checker.getTypeOfSymbolAtLocation(symbol, node), node, flags)}`
}

function classText(node: ts.ClassDeclaration): string {
  const hidden = (member: ts.ClassElement) => member.name !== undefined && ts.isPrivateIdentifier(member.name)
  const members = node.members
    .filter(member => !hidden(member))
    .map(member => {
      const body = (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member)) && member.body
      const text = body ? member.getText().slice(0, body.getStart() - member.getStart()) : member.getText()
      return `  ${text.trim().replaceAll('\n', '\n  ')}`
    })
  const heritage = node.heritageClauses?.map(clause => ` ${clause.getText()}`).join('') ?? ''
  return `class ${node.name?.text}${heritage} {\n${members.join('\n')}\n}`
}

function bare(node: ts.Node): string {
  return node.getText().replace(/^export /, '')
}
