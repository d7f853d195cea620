import { AREAS } from '../../src/cli/codes.ts'

export function errorsPage(): string {
  const lines = [
    '# Error codes',
    '',
    'Every refusal carries one of these codes. A code keeps its meaning; the wording beside it may change.',
    '',
  ]
  for (const [title, table] of AREAS) {
    lines.push(`## ${title}`, '', '| code | what happened | what to do |', '|---|---|---|')
    for (const [code, { cause, cure }] of Object.entries(table)) lines.push(`| \`${code}\` | ${cause} | ${cure} |`)
    lines.push('')
  }
  return lines.join('\n').trimEnd().concat('\n')
}
