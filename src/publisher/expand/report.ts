import { type Locator, locator } from '../workspace/document.ts'
import type { Path, Problem } from '../workspace/problem.ts'
import { EXPAND_CODES, type ExpandCode } from './codes.ts'

/** Collects the problems of one file; finds lines only when there is something to say. */
export interface Report {
  add(code: ExpandCode, path: Path, what: string, cure?: string, key?: 'key'): void
  warn(code: ExpandCode, path: Path, what: string, cure?: string): void
  /** A scalar as it is written. */
  source(path: Path): string | undefined
}

export function reportFor(file: string, text: string, problems: Problem[]): Report {
  let locate: Locator | undefined
  const find = () => {
    locate ??= locator(file, text)
    return locate
  }
  const add = (level: Problem['level'], code: ExpandCode, path: Path, what: string, cure?: string, key?: 'key') => {
    problems.push({ code, level, what, cure: cure ?? EXPAND_CODES[code].cure, at: find().place(path, key ?? 'value') })
  }
  return {
    add: (code, path, what, cure, key) => add('error', code, path, what, cure, key),
    warn: (code, path, what, cure) => add('warning', code, path, what, cure),
    source: path => find().source(path),
  }
}
