import type { Io, Output } from './io.ts'

type Style = (text: string) => string
export interface Paint {
  readonly bold: Style
  readonly dim: Style
  readonly red: Style
  readonly green: Style
  readonly yellow: Style
  readonly cyan: Style
}

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

/** Colours on a terminal only, and never where NO_COLOR is set to anything. */
export function paintFor(io: Io, output: Output): Paint {
  const coloured = output.isTTY && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
  const style =
    ([on, off]: readonly [number, number]): Style =>
    text =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    bold: style(STYLES.bold),
    dim: style(STYLES.dim),
    red: style(STYLES.red),
    green: style(STYLES.green),
    yellow: style(STYLES.yellow),
    cyan: style(STYLES.cyan),
  }
}
