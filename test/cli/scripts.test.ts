import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.ts'
import { main } from '../../src/cli/main.ts'
import { matches, parseScript, runScript, type Step, updateScript } from './script.ts'

const isDone = ({ expected }: Step) => !/^\[\d\]$/.test(expected.at(-1) ?? '')
const folder = join(import.meta.dirname, 'testdata')
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.txt'))

const steps = names.flatMap(name => parseScript(readFileSync(join(folder, name), 'utf8')).steps)

/** Members of what `--json` printed that the row of its command does not name. */
function undocumented({ words }: Step, output: readonly string[]): string[] {
  const row = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => words[i + 1] === word))
  if (row === undefined || words[0] !== 'ensign' || !words.includes('--json') || words.includes('>')) return []
  const printed = JSON.parse(output.filter(line => !/^(?:2\| |\[\d\]$)/.test(line)).join('\n')) as object
  return Object.keys(printed).filter(member => member !== 'error' && !Object.hasOwn(row.json, member))
}

describe('the command line', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s is used rightly and wrongly, or refused, in some script', name => {
    const typed = steps.filter(({ typed }) => `${typed} `.startsWith(`ensign ${name} `))
    // `serve` runs until it is interrupted, in a process of its own.
    const done = name === 'serve' ? steps.filter(({ words }) => words[0] === 'serve') : typed.filter(isDone)
    expect(done.length, 'a run that ends with 0').toBeGreaterThan(0)
    expect(typed.filter(step => !isDone(step)).length, 'one that does not').toBeGreaterThan(0)
  })

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
      expect(undocumented(step, outputs[i]!), `${name}:${step.line}: members that --json does not tell of`).toEqual([])
      if (!matches(step.expected, outputs[i]!)) {
        expect(outputs[i], `${name}:${step.line}: $ ${step.typed}`).toEqual(step.expected)
        expect.fail(`${name}:${step.line}: $ ${step.typed}`)
      }
    }
  })
})
