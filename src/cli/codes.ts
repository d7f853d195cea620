import { SERVE_CODES } from '../adapters/serve/codes.ts'
import { BASE_CODES } from '../base/codes.ts'
import { type CodeTable, type EnsignError, wordsOf } from '../base/errors.ts'
import { BUNDLE_CODES } from '../bundle/codes.ts'
import { FILE_CODES } from '../bundle/filecodes.ts'
import { CLIENT_CODES } from '../client/codes.ts'
import { LOG_CODES } from '../log/codes.ts'
import { CEREMONY_CODES } from '../publisher/ceremony/codes.ts'
import { CHANGE_CODES } from '../publisher/change/codes.ts'
import { EXPAND_CODES } from '../publisher/expand/codes.ts'
import { PUBLISH_CODES } from '../publisher/publish/codes.ts'
import { SIGNER_CODES } from '../publisher/signers/codes.ts'
import { STORE_CODES } from '../publisher/stores/codes.ts'
import { WORKSPACE_CODES } from '../publisher/workspace/codes.ts'
import { RULES_CODES } from '../rules/codes.ts'
import { TRUST_CODES } from '../trust/codes.ts'

/** Codes of the command line itself. */
const CLI_CODES = {
  usage: {
    cause: 'The command was given in a way that it does not take.',
    cure: 'Run `ensign help COMMAND`.',
  },
  interrupted: { cause: 'The command was interrupted.', cure: 'Run it again; a command that was cut off is finished.' },
  file: { cause: 'A file cannot be read or written.', cure: 'Check the path and the rights on it.' },
  still_read: { cause: 'Other files read the flag.', cure: 'Take it out of them first.' },
  exists: { cause: 'There is something already where a new file belongs.', cure: 'Choose another name.' },
} as const satisfies CodeTable

/** Every table of codes, by the title of its section in the reference. Errors without a cure take it from here. */
export const AREAS: readonly (readonly [title: string, table: CodeTable])[] = [
  ['Bytes and JSON', BASE_CODES],
  ['Signed statements', TRUST_CODES],
  ['What is in force', BUNDLE_CODES],
  ['Audit log', LOG_CODES],
  ['Flags and segments', RULES_CODES],
  ['Client', CLIENT_CODES],
  ['Server', SERVE_CODES],
  ['Parts and bundle files', FILE_CODES],
  ['Workspace files', WORKSPACE_CODES],
  ['Meaning of workspace files', EXPAND_CODES],
  ['Changes', CHANGE_CODES],
  ['Roots', CEREMONY_CODES],
  ['Publishing', PUBLISH_CODES],
  ['Keys elsewhere', SIGNER_CODES],
  ['Stores', STORE_CODES],
  ['Command line', CLI_CODES],
]

export function cureOf(code: string): string | undefined {
  return rowOf(code)?.cure
}

/** The message; where it says no more than the code, as refusals of the verifier do, the sentence of the code for it. */
export function saidBy({ code, message }: EnsignError): string {
  const words = wordsOf(code)
  const cause = rowOf(code)?.cause
  if (cause === undefined || !(message === words || message.startsWith(`${words} [`))) return message
  return `${cause.replace(/\.$/, '')}${message.slice(words.length)}`
}

function rowOf(code: string): CodeTable[string] | undefined {
  return AREAS.find(([, table]) => Object.hasOwn(table, code))?.[1][code]
}
