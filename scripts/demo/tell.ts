/** What the demo says: chapters for people, or one JSON object for machines. Every claim is checked where it is made. */
interface Claim {
  readonly chapter: string
  readonly what: string
  readonly ok: boolean
  readonly details: Readonly<Record<string, unknown>>
}

export interface Teller {
  chapter(title: string, ...about: readonly string[]): void
  line(text: string): void
  /** Explains the claim above it. */
  note(text: string): void
  claim(what: string, ok: boolean, details?: Readonly<Record<string, unknown>>): void
  readonly claims: readonly Claim[]
}

type Style = 'bold' | 'dim' | 'green' | 'red'
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  red: [31, 39],
}

export function createTeller(options: { readonly silent: boolean; readonly coloured: boolean }): Teller {
  const claims: Claim[] = []
  let current = ''
  const write = (text: string) => void (options.silent || process.stdout.write(`${text}\n`))
  const paint = (style: Style, text: string) => {
    const [on, off] = CODES[style]
    return options.coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
  let chapters = 0
  return {
    claims,
    chapter(title, ...about) {
      current = title
      chapters += 1
      write(`\n${paint('bold', `${chapters}. ${title}`)}`)
      for (const line of about) write(paint('dim', `   ${line}`))
    },
    line: text => write(`   ${text}`),
    note: text => write(`       ${paint('dim', text)}`),
    claim(what, ok, details = {}) {
      claims.push({ chapter: current, what, ok, details })
      write(`   ${ok ? paint('green', 'ok') : paint('red', 'NOT SO')}  ${what}`)
    },
  }
}
