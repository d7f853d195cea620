/** Prints what is made from the code: reference pages and schemas. `--check` fails where one on disk differs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { apiPage } from './docs/api.ts'
import { PAGES } from './docs/pages.ts'

const check = process.argv.includes('--check')
let stale = 0
for (const [path, print] of Object.entries({ ...PAGES, 'docs/reference/api.md': apiPage })) {
  const text = print()
  if (!check) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } else if (readFileSync(path, 'utf8') !== text) {
    stale++
    console.error(`${path} is not what the code says: run npm run docs`)
  }
}
process.exitCode = stale > 0 ? 1 : 0
