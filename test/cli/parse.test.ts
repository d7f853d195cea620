import { expect, it } from 'vitest'
import { serve } from '../../src/cli/commands/serve.ts'
import type { Io } from '../../src/cli/io.ts'
import { parse } from '../../src/cli/parse.ts'

const output = { isTTY: false, write: () => undefined }
const io: Io = {
  cwd: '/',
  env: {},
  stdout: output,
  stderr: output,
  stdin: async () => '',
  now: () => 0,
  random: bytes => new Uint8Array(bytes),
  signal: new AbortController().signal,
}

it('knows an option that takes something away by whether it was given', async () => {
  const given = async (...argv: string[]) => (await parse([serve], ['serve', ...argv], io)).call.has('no-ui')
  expect([await given(), await given('--no-ui')]).toEqual([false, true])
})
