/** Everything a command may touch of the outside, so that a test can stand in for a terminal. */
export interface Io {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  /** The whole of standard input. */
  readonly stdin: () => Promise<string>
  /** Asks on a terminal; absent where nobody can answer. `secret` hides what is typed. */
  readonly ask?: (question: string, options?: { secret?: boolean }) => Promise<string>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal
}

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
}
