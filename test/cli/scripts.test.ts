import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { matches, parseScript, runScript, updateScript } from './script.ts'

const folder = join(import.meta.dirname, 'testdata')
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.txt'))

describe('the command line', () => {
  it.each(names)('%s', async name => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    const script = parseScript(text)
    expect(script.steps.length).toBeGreaterThan(0)
    const outputs = await runScript(script, main)
    if (process.env.UPDATE_SCRIPTS === '1') {
      const updated = updateScript(text, script, outputs)
      if (updated !== text) writeFileSync(path, updated)
      return
    }
    for (const [i, step] of script.steps.entries()) {
      if (!matches(step.expected, outputs[i]!)) {
        expect(outputs[i], `${name}:${step.line}: $ ${step.typed}`).toEqual(step.expected)
        expect.fail(`${name}:${step.line}: $ ${step.typed}`)
      }
    }
  })
})
