import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { status } from '../../src/cli/commands/status.ts'
import type { Io } from '../../src/cli/io.ts'
import { parse } from '../../src/cli/parse.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

/** A call on a terminal, and all that it wrote to standard error. */
async function callOn(terminal: boolean, ...argv: string[]) {
  const chunks: string[] = []
  const output = (isTTY: boolean) => ({ isTTY, write: (text: string) => void chunks.push(text) })
  const io: Io = {
    cwd: '/',
    env: {},
    stdout: output(false),
    stderr: output(terminal),
    stdin: async () => '',
    ask: async question => {
      chunks.push(question)
      return ''
    },
    now: Date.now,
    random: bytes => new Uint8Array(bytes),
    signal: new AbortController().signal,
  }
  const { call } = await parse([status], ['status', ...argv], io)
  return { call, written: () => chunks.join('') }
}

const CLEAR = '\r\u001b[2K'

it('tells what a command waits for once a second is over, and takes it away again', async () => {
  const { call, written } = await callOn(true)
  call.progress('reading')
  vi.advanceTimersByTime(999)
  expect(written()).toBe('')
  vi.advanceTimersByTime(1)
  expect(written()).toBe(`${CLEAR}reading …`)
  call.progress('comparing')
  expect(written()).toBe(`${CLEAR}reading …${CLEAR}comparing …`)
  call.progress('')
  call.progress('')
  expect(written()).toBe(`${CLEAR}reading …${CLEAR}comparing …${CLEAR}`)
})

it('says nothing of a command that is done within a second', async () => {
  const { call, written } = await callOn(true)
  call.progress('reading')
  call.progress('')
  vi.advanceTimersByTime(5_000)
  expect(written()).toBe('')
})

it('stands in front of no remark and of no question', async () => {
  const { call, written } = await callOn(true)
  vi.advanceTimersByTime(1_000)
  call.progress('reading')
  call.note('a remark')
  call.progress('publishing')
  await call.io.ask!('Passphrase: ')
  vi.advanceTimersByTime(5_000)
  expect(written()).toBe(`${CLEAR}reading …${CLEAR}a remark\n${CLEAR}publishing …${CLEAR}Passphrase: `)
})

it.each([
  ['where nobody looks', false, []],
  ['with --json', true, ['--json']],
] as const)('is silent %s', async (_, terminal, argv) => {
  const { call, written } = await callOn(terminal, ...argv)
  vi.advanceTimersByTime(1_000)
  call.progress('reading')
  expect(written()).toBe('')
})
