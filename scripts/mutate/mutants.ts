import ts from 'typescript'

/** One small change of a source file. */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** `what stood there -> what stands there now`, on one line. */
  readonly change: string
  /** The whole text of the file with the change. */
  readonly text: string
}

type Kind = ts.SyntaxKind
const K = ts.SyntaxKind

/** What takes the place of an operator. */
const OPERATORS: ReadonlyMap<Kind, readonly string[]> = new Map<Kind, readonly string[]>([
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.QuestionQuestionToken, ['&&']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.AmpersandToken, ['|']],
  [K.BarToken, ['&']],
  [K.CaretToken, ['|']],
  [K.LessThanLessThanToken, ['>>']],
  [K.GreaterThanGreaterThanToken, ['<<']],
  [K.GreaterThanGreaterThanGreaterThanToken, ['>>']],
])
const METHODS: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
}

/** All changes of one file. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const mutants: Mutant[] = []
  const replace = (node: ts.Node, by: string) => {
    const from = node.getStart(source)
    const line = source.getLineAndCharacterOfPosition(from).line + 1
    const was = source.text.slice(from, node.end).replace(/\s+/g, ' ')
    const short = (part: string) => (part.length > 70 ? `${part.slice(0, 67)}...` : part)
    const shown = ts.isBinaryExpression(node.parent) && node.parent.operatorToken === node ? node.parent : node
    const whole = shown === node ? was : source.text.slice(shown.getStart(source), shown.end).replace(/\s+/g, ' ')
    const change = `${short(whole)} -> ${by === '' ? 'nothing' : short(by)}`
    mutants.push({ file, line, change, text: text.slice(0, from) + by + text.slice(node.end) })
  }
  const visit = (node: ts.Node): void => {
    if (isOnlyTypes(node)) return
    for (const by of replacements(node, source)) replace(node, by)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return mutants
}

function isOnlyTypes(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node)
  )
}

function replacements(node: ts.Node, source: ts.SourceFile): readonly string[] {
  const { parent } = node
  if (parent === undefined) return []
  if (ts.isBinaryExpression(parent) && parent.operatorToken === node) return OPERATORS.get(node.kind) ?? []
  if (isCondition(node)) return [`!(${node.getText(source)})`]
  if (ts.isPrefixUnaryExpression(node)) return unary(node, source)
  if (ts.isPostfixUnaryExpression(node)) {
    return [node.operand.getText(source) + (node.operator === K.PlusPlusToken ? '--' : '++')]
  }
  if (node.kind === K.TrueKeyword) return ['false']
  if (node.kind === K.FalseKeyword) return ['true']
  if (ts.isNumericLiteral(node)) return [String(Number(node.text.replaceAll('_', '')) + 1)]
  // A text with spaces is written for people.
  if (ts.isStringLiteral(node) && !ts.isPropertyAssignment(parent)) return node.text.includes(' ') ? [] : ["'~'"]
  if (ts.isStringLiteral(node) && ts.isPropertyAssignment(parent) && parent.initializer === node)
    return node.text.includes(' ') ? [] : ["'~'"]
  if (ts.isIdentifier(node) && ts.isPropertyAccessExpression(parent) && parent.name === node) {
    const other = Object.hasOwn(METHODS, node.text) ? METHODS[node.text] : undefined
    return other === undefined ? [] : [other]
  }
  return isRemovable(node) ? [';'] : []
}

function isCondition(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent)) return parent.expression === node && !isPlain(node)
  return ts.isConditionalExpression(parent) && parent.condition === node && !isPlain(node)
}

/** What another change already turns around. */
function isPlain(node: ts.Node): boolean {
  if (ts.isPrefixUnaryExpression(node)) return node.operator === K.ExclamationToken
  return ts.isBinaryExpression(node) && (OPERATORS.get(node.operatorToken.kind) ?? []).some(by => /^[!=]==$/.test(by))
}

function unary(node: ts.PrefixUnaryExpression, source: ts.SourceFile): readonly string[] {
  const operand = node.operand.getText(source)
  if (node.operator === K.ExclamationToken || node.operator === K.MinusToken || node.operator === K.TildeToken) {
    return [operand]
  }
  return []
}

function isRemovable(node: ts.Node): boolean {
  return (
    ts.isExpressionStatement(node) ||
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    ts.isContinueStatement(node) ||
    (ts.isBreakStatement(node) && !ts.isCaseClause(node.parent))
  )
}
