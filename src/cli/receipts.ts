import type { JsonObject } from '../base/json.ts'
import type { Receipt } from '../publisher/publish/types.ts'
import type { Call } from './command.ts'

const WORDS = {
  published: 'is in force',
  unchanged: 'was in force already',
  scheduled: 'is in force until the change takes effect',
} as const

export function printReceipt({ paint, note }: Call, receipt: Receipt): string {
  for (const { what } of receipt.notices) note(what)
  const isRehearsal = receipt.outcome === 'published' && receipt.notices.some(({ code }) => code === 'dry_run')
  const { environment, release, stop, log, expires, outcome } = receipt
  const stopped = stop === null ? '' : `, stop ${stop.version}`
  return [
    `${paint.bold(environment)}: release ${release.version}${stopped} ${isRehearsal ? 'would be in force' : WORDS[outcome]}`,
    `log entry ${log.size - 1}; the head expires ${expires}`,
  ].join('\n')
}

export function receiptJson({ head: _, ...receipt }: Receipt): JsonObject {
  return receipt as unknown as JsonObject
}

receiptJson.shape = {
  outcome: 'published, unchanged or scheduled',
  environment: 'the environment',
  release: '{version, digest, envelope} in force',
  stop: 'the last stop, or null',
  root: '{version, digest}',
  sequence: 'of the head',
  expires: 'when the head expires',
  log: '{size, root}',
  notices: 'array of {code, what}',
}
