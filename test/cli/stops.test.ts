import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { parseScript, runScript } from './script.ts'

const names = (letter: string) =>
  Array.from({ length: 250 }, (_, i) => `${letter}-${String(i).padStart(4, '0')}-${'x'.repeat(90)}`).join(' ')

describe('stops that fill head.json', () => {
  it('are told by status and doctor from 64 KiB on', async () => {
    const script = parseScript(
      [
        '$ ensign init . --project shop -e production --json',
        '$ ensign propose --reason start --as alice --id start',
        '$ ensign approve start --as bob --yes',
        '$ ensign publish start',
        `$ ensign stop ${names('a')} --reason errors --as carol`,
        '$ ensign status',
        `$ ensign stop ${names('b')} --reason errors --as carol`,
        '$ ensign status --json',
        '$ ensign doctor --json',
      ].join('\n'),
    )
    const outputs = await runScript(script, main)
    const [few, , status, doctor] = outputs.slice(5)
    expect(few!.join('\n')).not.toContain('many_stops')
    expect(status!.at(-1)).toBe('[1]')
    expect(JSON.parse(status!.slice(0, -1).join(''))).toMatchObject({
      environments: [{ environment: 'production', warnings: [{ code: 'many_stops' }] }],
    })
    const { checks, failures } = JSON.parse(doctor!.join(''))
    expect(failures).toBe(0)
    expect(checks).toContainEqual(expect.objectContaining({ name: 'stops', level: 'warn', code: 'many_stops' }))
  })
})
