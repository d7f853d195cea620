import { SERVE_CODES } from '../../src/adapters/serve/codes.ts'
import { BASE_CODES } from '../../src/base/codes.ts'
import type { CodeTable } from '../../src/base/errors.ts'
import { FILE_CODES } from '../../src/bundle/filecodes.ts'
import { LOG_CODES } from '../../src/log/codes.ts'
import { TRUST_CODES } from '../../src/trust/codes.ts'

const AREAS: readonly (readonly [title: string, table: CodeTable])[] = [
  ['Bytes and JSON', BASE_CODES],
  ['Signed statements', TRUST_CODES],
  ['Audit log', LOG_CODES],
  ['Server', SERVE_CODES],
  ['Parts and bundle files', FILE_CODES],
]

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
