/** Prints the reference pages that are made from the code. `--check` fails where a page on disk differs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { apiPage } from './docs/api.ts'
import { errorsPage } from './docs/errors.ts'

const pages: Record<string, () => string> = {
  'docs/reference/api.md': apiPage,
  'docs/reference/errors.md': errorsPage,
}
const check = process.argv.includes('--check')
let stale = 0
for (const [path, print] of Object.entries(pages)) {
  const text = print()
  if (!check) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    stale++
    console.error(`${path} is not what the code says: run npm run docs`)
  }
}
process.exitCode = stale > 0 ? 1 : 0
