import { EnsignError } from '../../base/errors.ts'
import { engineOver, secretsFor } from '../../publisher/engine.ts'
import { expandEnvironment } from '../../publisher/expand/environment.ts'
import type { Context } from '../../rules/flags.ts'
import type { Command } from '../command.ts'
import { contextOf, populationOf } from '../contexts.ts'
import { ENVIRONMENT, NOW } from '../options.ts'
import { columns, count, grouped } from '../print.ts'
import { environmentOf, flagOf, loadWorkspace, nowOf, refuseProblems, secretsOf } from '../workspace.ts'

const MAX_PEOPLE = 10_000_000

export const simulate: Command = {
  name: 'simulate',
  topic: 'workspace',
  summary: 'count who would get which variant',
  about:
    'Evaluates a flag for a population: the contexts of a file (one JSON object a line, or CSV with a header), or made-up\nunits that share what --context says.',
  args: [{ name: 'flag', about: 'the key of a flag' }],
  options: [
    { flags: '--population <file>', about: 'contexts: .jsonl or .csv' },
    { flags: '--count <number>', about: 'how many made-up people', default: '10000' },
    { flags: '--context <json>', about: 'attributes that all of them have' },
    ENVIRONMENT,
    NOW,
  ],
  examples: [
    {
      command: `ensign simulate new-checkout --context '{"country":"NL"}'`,
      shows: 'how ten thousand people from NL are dealt out',
    },
  ],
  json: {
    flag: 'the key',
    environment: 'the environment',
    people: 'how many were asked',
    variants: 'array of {variant, count}, variant null for the fallback of the caller',
    rules: 'array of {rule, reason, count}',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const key = call.need('flag')
    flagOf(workspace, key)
    const environment = environmentOf(call, workspace)
    const secrets = secretsFor(workspace, secretsOf(call, workspace))
    const { rules, problems } = expandEnvironment(workspace, environment, { secrets })
    refuseProblems(problems)
    const now = nowOf(call)
    const { flags } = engineOver(rules, { now: () => now, secrets })
    const shared = await contextOf(call)
    const file = call.text('population')
    const population =
      file === undefined
        ? madeUp(call.need('count'), unitsOf(workspace.project.content.units))
        : await populationOf(call, file)
    const variants = new Map<string | null, number>()
    const reasons = new Map<string, { rule: string | null; reason: string; count: number }>()
    for (const person of population) {
      const { variant, rule, reason } = flags.explain(key, { ...shared, ...person })
      variants.set(variant ?? null, (variants.get(variant ?? null) ?? 0) + 1)
      const id = `${rule} ${reason}`
      const known = reasons.get(id)
      reasons.set(id, { rule: rule ?? null, reason, count: (known?.count ?? 0) + 1 })
    }
    const people = [...variants.values()].reduce((sum, one) => sum + one, 0)
    const byCount = [...variants].sort((a, b) => b[1] - a[1])
    const byRule = [...reasons.values()].sort((a, b) => b.count - a.count)
    const share = (one: number) => `${((one * 100) / Math.max(1, people)).toFixed(2)}%`
    return {
      json: {
        flag: key,
        environment,
        people,
        variants: byCount.map(([variant, number]) => ({ variant, count: number })),
        rules: byRule,
      },
      text: [
        `${call.paint.bold(key)} in ${environment}, ${count(people, 'person', 'people')}${file === undefined ? madeUpText(workspace.project.content.units) : ''}`,
        columns(
          byCount.map(([variant, one]) => [variant ?? "the caller's fallback", share(one).padStart(7), grouped(one)]),
          '  ',
        ),
        '',
        columns(
          byRule.map(({ rule, reason, count: one }) => [rule ?? 'no rule', reason, share(one).padStart(7)]),
          '  ',
        ),
      ].join('\n'),
    }
  },
}

const madeUpText = (units: Readonly<Record<string, string>>) =>
  ` who have ${unitsOf(units).join(', ')} and what --context gives them`

const unitsOf = (units: Readonly<Record<string, string>>) => [...new Set(Object.values(units))]

function* madeUp(text: string, attributes: readonly string[]): Generator<Context> {
  const people = Number(text)
  if (!Number.isSafeInteger(people) || people < 1 || people > MAX_PEOPLE) {
    throw new EnsignError('usage', '--count is no number of people', { cure: `Take 1 to ${MAX_PEOPLE}.` })
  }
  for (let i = 0; i < people; i++) yield Object.fromEntries(attributes.map(name => [name, `sim-${i}`]))
}
