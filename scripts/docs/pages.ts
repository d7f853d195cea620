import { SCHEMAS } from '../../src/publisher/schemas/index.ts'
import { cliPage } from './cli.ts'
import { errorsPage } from './errors.ts'
import { lintPage } from './lint.ts'

/** What is printed from the code, by path; all but the API page, for which the compiler has to run. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/cli.md': cliPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/lint.md': lintPage,
  ...Object.fromEntries(
    Object.entries(SCHEMAS).map(([kind, schema]) => [
      `schemas/${kind}.json`,
      () => `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ),
}
