import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PAGES } from '../../scripts/docs/pages.ts'
import { ROOT } from './blocks.ts'

it.each(Object.keys(PAGES))('%s is what the code says', path => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(PAGES[path]!())
})
