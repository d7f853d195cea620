/** Something to tell about a file of a workspace. All of them are collected; nothing stops at the first. */
export interface Problem {
  /** Stable; rows of `WORKSPACE_CODES` and of the lint table. */
  readonly code: string
  readonly level: 'error' | 'warning'
  readonly what: string
  readonly cure?: string
  readonly at: Place
}

export interface Place {
  /** Relative to the workspace, with forward slashes. */
  readonly file: string
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number
  readonly column: number
  /** Dotted, as in `environments.production.rules[2].when`; empty for the whole file. */
  readonly path: string
}

/** Where a problem sits inside its file, before lines are known. */
export type Path = readonly (string | number)[]

export function printPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

export function printPlace(at: Place): string {
  return at.line === 0 ? at.file : `${at.file}:${at.line}:${at.column}`
}
