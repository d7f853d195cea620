import type { Case } from './case.ts'
import { attackCases } from './cases/attacks.ts'
import { bundleFileCases } from './cases/bundlefile.ts'
import { edgeCases } from './cases/edge.ts'
import { logCases } from './cases/log.ts'
import { serveCases } from './cases/serve.ts'
import { vectorCases } from './cases/vectors.ts'

export interface Report {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly message: string }[]
}

const CASES: readonly Case[] = [
  ...logCases,
  ...bundleFileCases,
  ...edgeCases,
  ...serveCases,
  ...vectorCases,
  ...attackCases,
]

/** Runs every case in turn, in whatever runtime this is. */
export async function runSuite(): Promise<Report> {
  const failed: { name: string; message: string }[] = []
  for (const { name, run } of CASES) {
    try {
      await run()
    } catch (error) {
      failed.push({ name, message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  return { passed: CASES.length - failed.length, failed }
}
