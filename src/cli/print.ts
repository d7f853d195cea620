import { EnsignError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { type Problem, printPlace } from '../publisher/workspace/problem.ts'
import { cureOf, saidBy } from './codes.ts'
import type { Paint } from './paint.ts'

/**
 *   error[unknown_attribute]: there is no attribute "contry"
 *     flags/checkout.yaml:12:15  environments.production.rules[0].when.contry
 *     cure: did you mean "country"?
 */
export function printProblem(problem: Problem, paint: Paint): string {
  const level = problem.level === 'error' ? paint.red('error') : paint.yellow('warning')
  const lines = [`${level}[${problem.code}]: ${problem.what}`]
  const path = problem.at.path === '' ? '' : paint.dim(`  ${problem.at.path}`)
  lines.push(`  ${paint.cyan(printPlace(problem.at))}${path}`)
  if (problem.cure !== undefined) lines.push(`  ${paint.green('cure:')} ${problem.cure}`)
  return lines.join('\n')
}

export interface Failure {
  readonly code: string
  readonly what: string
  readonly where?: string
  readonly cure?: string
}

/** System errors keep their name (`ENOENT`) as the code, everything unforeseen is `internal`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof EnsignError) {
    const cure = thrown.cure ?? cureOf(thrown.code)
    return {
      code: thrown.code,
      what: saidBy(thrown),
      ...(thrown.at === undefined ? {} : { where: thrown.at }),
      ...(cure === undefined ? {} : { cure }),
    }
  }
  const { code, message, path } = (thrown ?? {}) as { code?: unknown; message?: unknown; path?: unknown }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return {
      code: 'file',
      what: `${code}: ${SYSTEM[code] ?? 'the system refused'}`,
      ...(typeof path === 'string' ? { where: path } : {}),
      ...(cureOf('file') === undefined ? {} : { cure: cureOf('file')! }),
    }
  }
  return { code: 'internal', what: typeof message === 'string' ? message : String(thrown), cure: cureOf('internal')! }
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'no right to do that',
  EPERM: 'no right to do that',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is no folder',
  ENOSPC: 'the disk is full',
  ECONNREFUSED: 'nobody answers there',
  EADDRINUSE: 'the address is taken',
}

export function printFailure(failure: Failure, paint: Paint): string {
  const lines = [`${paint.red('error')}[${failure.code}]: ${failure.what}`]
  if (failure.where !== undefined) lines.push(`  ${paint.cyan(failure.where)}`)
  if (failure.cure !== undefined) lines.push(`  ${paint.green('cure:')} ${failure.cure}`)
  return lines.join('\n')
}

export function failureJson(failure: Failure): JsonObject {
  return { error: { ...failure } }
}

/** A table without lines; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows
    .map(row =>
      (indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ')).trimEnd(),
    )
    .join('\n')
}

/** 12,345, of a whole number. By hand: for the first one the platform would load the tables of its languages. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`
}
