import type { Json } from '../../base/json.ts'
import type { Path } from '../workspace/problem.ts'
import type { FileOf, TestBlock, TestFile, Workspace } from '../workspace/types.ts'

/** One run of a test: a block with one combination of its matrix. */
export interface Case {
  readonly file: FileOf<TestFile>
  readonly path: Path
  readonly name: string
  readonly flag: string | undefined
  readonly environment: string | undefined
  readonly now: string | undefined
  readonly context: Readonly<Record<string, Json>>
  readonly block: TestBlock
}

export function casesOf(workspace: Workspace, file: FileOf<TestFile>): Case[] {
  const { content } = file
  return content.tests.flatMap((block, i) => {
    const name = block.name ?? `test ${i + 1}`
    return combinations(block.matrix ?? {}).map(values => {
      const shown = values.map(
        ([attribute, value]) => `${attribute}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      return {
        file,
        path: ['tests', i],
        name: shown.length === 0 ? name : `${name} [${shown.join(', ')}]`,
        flag: block.flag ?? content.flag,
        environment: block.environment ?? content.environment ?? workspace.project.content.environments[0],
        now: block.now ?? content.now,
        context: values.reduce(
          (context, [attribute, value]) => withValue(workspace, context, attribute, value),
          block.context ?? {},
        ),
        block,
      }
    })
  })
}

type Combination = readonly (readonly [attribute: string, value: Json])[]

function combinations(matrix: Readonly<Record<string, readonly Json[]>>): Combination[] {
  let all: Combination[] = [[]]
  for (const [attribute, values] of Object.entries(matrix)) {
    all = all.flatMap(head => values.map(value => [...head, [attribute, value] as const]))
  }
  return all
}

/** An attribute with a path goes where the path says, as it stands in the context of an application. */
function withValue(
  workspace: Workspace,
  context: Readonly<Record<string, Json>>,
  attribute: string,
  value: Json,
): Record<string, Json> {
  const path = workspace.attributes.get(attribute)?.path ?? [attribute]
  const set = (at: Json | undefined, steps: readonly string[]): Json => {
    const [step, ...rest] = steps
    if (step === undefined) return value
    const object = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as Record<string, Json>) : {}
    return { ...object, [step]: set(object[step], rest) }
  }
  return set(context, path) as Record<string, Json>
}
