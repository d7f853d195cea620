import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runVector, type VectorFile } from '../vectors/run.ts'

const FOLDER = resolve(import.meta.dirname, '../vectors')

const files = readdirSync(FOLDER).filter(name => name.endsWith('.json'))

it('there are vectors', () => expect(files.length).toBeGreaterThan(0))

describe.each(files)('%s', name => {
  const file = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as VectorFile
  it('is a file of vectors', () => {
    expect(file.format).toBe('ensign-vectors/1')
    expect(file.cases.length).toBeGreaterThan(0)
  })

  it.each(file.cases.map(one => [one.id, one.about, one] as const))('%s %s', (_id, _about, one) => {
    expect(runVector(file, one)).toEqual(one.expect)
  })
})
