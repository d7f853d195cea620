import { SERVE_CODES } from '../adapters/serve/codes.ts'
import { BASE_CODES } from '../base/codes.ts'
import type { CodeTable } from '../base/errors.ts'

/** Codes of the command line itself. */
export const CLI_CODES = {
  usage: {
    cause: 'The command was given in a way that it does not take.',
    cure: 'Run `ensign help COMMAND`.',
  },
  interrupted: { cause: 'The command was interrupted.', cure: 'Run it again; a command that was cut off is finished.' },
  file: { cause: 'A file cannot be read or written.', cure: 'Check the path and the rights on it.' },
  exists: { cause: 'There is something already where a new file belongs.', cure: 'Choose another name.' },
} as const satisfies CodeTable

/** All tables whose codes a command can end with: the cure is looked up here where an error brings none. */
const TABLES: readonly CodeTable[] = [BASE_CODES, SERVE_CODES, CLI_CODES]

export function cureOf(code: string): string | undefined {
  return TABLES.find(table => Object.hasOwn(table, code))?.[code]?.cure
}
