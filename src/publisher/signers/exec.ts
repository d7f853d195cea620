import { spawn } from 'node:child_process'
import { fromBase64, fromUtf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { rawFromDer } from '../../trust/kms.ts'
import type { Signer } from '../../trust/signer.ts'
import type { PublicJwk } from '../../trust/types.ts'

export interface ExecOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[]
  readonly jwk: PublicJwk
  readonly person: string
  /** A person may have to touch a token. */
  readonly timeoutMs?: number
}

const MAX_ANSWER = 4 * 1024
const TIMEOUT_MS = 120_000

/**
 * A signer behind a command: for key services, hardware tokens and agents. The bytes to sign go to standard input; the
 * answer is the raw 64 bytes, for P-256 also DER, either also in base64. Standard error is the user's, for a PIN prompt.
 */
export function execSigner({ command, jwk, person, timeoutMs = TIMEOUT_MS }: ExecOptions): Signer {
  return {
    jwk,
    person,
    sign: async input => rawSignature(await run(command, input, timeoutMs), jwk),
  }
}

function run(command: readonly string[], input: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    // A timer of its own: that of `spawn` goes on, and holds this process, where the program could not be started.
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const chunks: Buffer[] = []
    let length = 0
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_ANSWER) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    // The operating system's message is left out: it repeats the command, which may hold a PIN.
    child.on('error', () => {
      clearTimeout(timer)
      reject(failure('could not be run'))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (length > MAX_ANSWER) reject(failure(`answered with more than ${MAX_ANSWER} bytes`))
      else if (signal !== null) reject(failure(`was ended by ${signal}`))
      else if (code !== 0) reject(failure(`ended with exit code ${code}`))
      else resolve(new Uint8Array(Buffer.concat(chunks)))
    })
    // A command that does not read its input closes the pipe; its answer is judged all the same.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** What the answer is, is told by its form; that it is a signature of the key is verified where it is used. */
function rawSignature(answer: Uint8Array, jwk: PublicJwk): Uint8Array {
  if (answer.length === 64) return answer
  const text = fromUtf8(answer)?.replaceAll(/\s/g, '')
  const bytes = (text === undefined || text === '' ? undefined : fromBase64(text)) ?? answer
  if (bytes.length === 64) return bytes
  if (jwk.kty === 'EC') return rawFromDer(bytes)
  throw new EnsignError('signer', 'the signing command did not answer with 64 bytes')
}

function failure(what: string): EnsignError {
  return new EnsignError('signer_command', `the signing command ${what}`)
}

/** Words of a command line: parted by spaces, kept together by quotes; nothing else has a meaning. */
export function splitCommand(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2] ?? match[3]!)
}
