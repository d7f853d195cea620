import { runVector, type VectorFile } from '../../vectors/run.ts'
import { type Case, same } from '../case.ts'

/** Every file of vectors, put in when the suite is bundled: a worker has no files. */
declare const VECTORS: readonly VectorFile[]

export const vectorCases: readonly Case[] = VECTORS.flatMap(file =>
  file.cases.map(one => ({
    name: `vector ${one.id}`,
    async run() {
      same(runVector(file, one), one.expect)
    },
  })),
)
