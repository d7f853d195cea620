import type { CodeTable } from '../../src/base/errors.ts'
import { EXPAND_CODES } from '../../src/publisher/expand/codes.ts'
import { LINT_RULES } from '../../src/publisher/lint/table.ts'
import { WORKSPACE_CODES } from '../../src/publisher/workspace/codes.ts'

export function lintPage(): string {
  const rules = LINT_RULES.map(
    ({ code, level, cause, cure }) => `| \`${code}\` | ${level} | ${cell(cause)} | ${cell(cure)} |`,
  )
  return [
    '# Lint',
    '',
    '`ensign lint` reads every file of a workspace, expands every environment, and applies the rules below. It tells all problems',
    'at once, each with file, line, column and path. Errors end with exit code 1; warnings do so with `--strict`.',
    '',
    'A flag can accept what a rule says of it, with a reason that reviewers see:',
    '',
    '```yaml',
    'accept:',
    '  - { code: rebucketed, reason: the old experiment was stopped }',
    '```',
    '',
    '## Rules',
    '',
    '| code | level | what is wrong | what to do |',
    '|---|---|---|---|',
    ...rules,
    '',
    '## Reading',
    '',
    'A file with one of these is not looked at any further.',
    '',
    ...table(WORKSPACE_CODES),
    '',
    '## Meaning',
    '',
    'What a file says that the rest of the workspace does not bear out. All are errors, but `unknown_value`.',
    '',
    ...table(EXPAND_CODES),
    '',
  ].join('\n')
}

function table(codes: CodeTable): string[] {
  const rows = Object.entries(codes).map(
    ([code, { cause, cure }]) => `| \`${code}\` | ${cell(cause)} | ${cell(cure)} |`,
  )
  return ['| code | what is wrong | what to do |', '|---|---|---|', ...rows]
}

const cell = (text: string) => text.replaceAll('|', '\\|')
