import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { engineOver, secretsFor } from '../../publisher/engine.ts'
import { expandEnvironment } from '../../publisher/expand/environment.ts'
import { own } from '../../publisher/rules.ts'
import { locator } from '../../publisher/workspace/document.ts'
import { printPlace } from '../../publisher/workspace/problem.ts'
import type { Explanation } from '../../rules/flags.ts'
import type { Flag } from '../../rules/types.ts'
import type { Call, Command } from '../command.ts'
import { contextOf } from '../contexts.ts'
import { type Step, stepsOf } from '../explain/steps.ts'
import { ENVIRONMENT, NOW } from '../options.ts'
import { columns } from '../print.ts'
import { environmentOf, flagOf, loadWorkspace, nowOf, refuseProblems, secretsOf } from '../workspace.ts'

export const explain: Command = {
  name: 'explain',
  topic: 'workspace',
  summary: 'show the way of one context through the rules of a flag',
  about:
    'Asks the engine that applications run, one condition after the other, and shows where in the file the rule that\ndecided stands. What the context holds is not printed.',
  args: [{ name: 'flag', about: 'the key of a flag' }],
  options: [
    { flags: '--context <json>', about: 'who asks: a JSON object, @FILE, or - for standard input' },
    ENVIRONMENT,
    {
      flags: '--plain',
      about: 'show the plain rules too that the file becomes: what is published, and what the engine runs',
    },
    { flags: '--stopped <flag>', about: 'as if this flag were stopped', many: true },
    NOW,
  ],
  examples: [
    {
      command: `ensign explain new-checkout --context '{"userId":"u1","country":"NL"}'`,
      shows: 'why this user gets what he gets',
    },
    { command: 'ensign explain new-checkout --plain', shows: 'what a ramp or an experiment becomes' },
  ],
  json: {
    flag: 'the key',
    environment: 'the environment',
    variant: 'the variant, or null for the fallback of the caller',
    value: 'its value, or null',
    reason: 'as in the API',
    code: 'as in the API, or null',
    rule: 'id of the rule that decided, or null',
    bucket: 'the bucket, or null',
    experiment: 'the experiment, or null',
    via: 'the flag or segment behind it, or null',
    place: 'file:line:column of the rule that decided',
    plain: 'with --plain, the flag as the engine has it; else null',
    steps: 'array of {kind, id, verdict, condition, outcome, bucket, decided, parts: [{condition, verdict}]}',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const key = call.need('flag')
    const file = flagOf(workspace, key)
    const environment = environmentOf(call, workspace)
    const secrets = secretsFor(workspace, secretsOf(call, workspace))
    const { rules, problems, originOf } = expandEnvironment(workspace, environment, { secrets })
    refuseProblems(problems.filter(problem => problem.at.file === file.file))
    const flag = own(rules.flags, key)
    if (flag === undefined) {
      throw new EnsignError('unknown_flag', `"${key}" does not exist in ${environment}`, {
        cure: `Give ${file.file} a block for ${environment}.`,
      })
    }
    const now = nowOf(call)
    const stops = call.list('stopped').map(stop => ({ flag: stop, version: 1 }))
    const options = { now: () => now, secrets, stops }
    const context = await contextOf(call)
    const explanation = engineOver(rules, options).flags.explain(key, context)
    const steps = stepsOf(rules, flag, explanation, context, options)
    const path =
      explanation.rule === undefined ? ['environments', environment, 'otherwise'] : originOf(key, explanation.rule)
    const place = printPlace(locator(file.file, file.text).place(path ?? []))
    return {
      json: documentOf(environment, explanation, place, steps, call.has('plain') ? flag : null),
      text: [
        textOf(call, environment, explanation, place, steps),
        ...(call.has('plain') ? ['', JSON.stringify(flag, null, 2)] : []),
      ].join('\n'),
    }
  },
}

function documentOf(
  environment: string,
  explanation: Explanation,
  place: string,
  steps: readonly Step[],
  plain: Flag | null,
): Json {
  const { flag, variant, value, reason, code, rule, bucket, experiment, via } = explanation
  const orNull = (one: unknown) => (one ?? null) as Json
  return {
    flag,
    environment,
    variant: orNull(variant),
    value: orNull(value),
    reason,
    code: orNull(code),
    rule: orNull(rule),
    bucket: orNull(bucket),
    experiment: orNull(experiment),
    via: orNull(via),
    place,
    plain: plain as unknown as Json,
    steps: steps as unknown as Json,
  }
}

function textOf(
  { paint }: Call,
  environment: string,
  explanation: Explanation,
  place: string,
  steps: readonly Step[],
): string {
  const { flag, variant, value, reason, code, bucket, experiment, via } = explanation
  const facts = [
    reason,
    code,
    bucket === undefined ? undefined : `bucket ${bucket}`,
    experiment === undefined ? undefined : `experiment ${experiment}`,
    via === undefined ? undefined : `via ${via}`,
  ].filter(fact => fact !== undefined)
  const served = variant === undefined ? "the caller's fallback" : variant
  const shown = variant === undefined || value === variant ? '' : ` = ${JSON.stringify(value)}`
  const rows = steps.flatMap(step => {
    const name = step.kind === 'rule' ? step.id! : step.kind
    const goesOn = step.kind === 'rule' && step.verdict === 'yes' && !step.decided
    const verdict = goesOn ? 'yes, goes on' : (step.verdict ?? 'not reached')
    const bucket = step.bucket === null ? '' : ` (bucket ${step.bucket} of 100000)`
    const outcome = step.outcome === null ? '' : `-> ${step.outcome}${bucket}`
    return [
      [step.decided ? '>' : ' ', name, verdict, `${step.condition} ${outcome}`],
      ...step.parts.map(part => [' ', '', '', `  ${part.verdict}: ${part.condition}`]),
    ]
  })
  return [
    `${paint.bold(flag)} in ${environment}: ${paint.bold(served)}${shown}`,
    `  ${facts.join(', ')}`,
    `  ${paint.cyan(place)}`,
    '',
    columns(rows, '  '),
  ].join('\n')
}
