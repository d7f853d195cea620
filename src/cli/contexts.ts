import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EnsignError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import type { Context } from '../rules/flags.ts'
import type { Call } from './command.ts'

/** `--context`: JSON, `@file`, or `-` for standard input. What it holds is never printed. */
export async function contextOf(call: Call): Promise<Context> {
  const given = call.text('context')
  if (given === undefined) return {}
  const text =
    given === '-' ? await call.io.stdin() : given.startsWith('@') ? await readText(call, given.slice(1)) : given
  return parseContext(text, '--context')
}

async function readText(call: Call, file: string): Promise<string> {
  return readFile(resolve(call.io.cwd, file), 'utf8')
}

function parseContext(text: string, where: string): Context {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The engine's message would quote the context.
    throw new EnsignError('usage', `${where} is no JSON`, {
      cure: 'Write an object such as {"userId":"u1"}, quoted for the shell.',
    })
  }
  if (!isObject(value)) throw new EnsignError('usage', `${where} is no JSON object`, { cure: 'Write {"userId":"u1"}.' })
  return value
}

/** People of a file: one JSON object a line, or CSV with attribute names in the first line. */
export async function populationOf(call: Call, file: string): Promise<Context[]> {
  const lines = (await readText(call, file)).split('\n').filter(line => line.trim() !== '')
  if (!file.endsWith('.csv')) return lines.map((line, i) => parseContext(line, `${file}:${i + 1}`))
  const [names = [], ...rows] = lines.map(csvCells)
  return rows.map(cells =>
    Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']).filter(([, cell]) => cell !== '')),
  )
}

/** RFC 4180 within a line: cells in quotes may hold commas, and quotes written twice. */
function csvCells(line: string): string[] {
  return [...line.replace(/\r$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
