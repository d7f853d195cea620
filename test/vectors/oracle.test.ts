import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const ORACLE = resolve(import.meta.dirname, 'oracle.py')

// Python 3.11 is no requirement of the package; where it is missing the vectors themselves still run.
const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0

const missing = python ? '' : ' (skipped: not installed: Python 3.11 or newer, as python3)'

test.skipIf(!python)(`the vectors are what the second implementation makes of the inputs${missing}`, () => {
  const told = execFileSync('python3', ['-B', ORACLE, '--check'], { encoding: 'utf8' })
  expect(told).toMatch(/^\d{4} cases in 16 files\n$/)
})
