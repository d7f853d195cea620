import type { Condition, Rule } from '../../../rules/types.ts'
import { bucketsOf } from '../../layout/weights.ts'
import type { Path } from '../../workspace/problem.ts'
import { didYouMean } from '../../workspace/suggest.ts'
import type { ExperimentBlock, RuleBlock } from '../../workspace/types.ts'
import { join } from '../condition.ts'
import { weighted } from '../outcome.ts'
import { type FlagScope, unitOf } from '../scope.ts'

/**
 * One rule: a slot of the layer and the holdout become bucket conditions in front of the split. Whoever is in neither
 * goes on to the next rule. The split's own salt is made from that of the flag and the key of the experiment, so that
 * who takes part does not depend on who was in an earlier rollout.
 */
export function expandExperiment(scope: FlagScope, block: RuleBlock, path: Path): Rule[] {
  const experiment = block.experiment!
  const where = [...path, 'experiment']
  const conditions: Condition[] = block.when === undefined ? [] : [scope.condition(block.when, [...path, 'when'])]
  conditions.push(...slot(scope, experiment, where), ...holdout(scope, experiment, where))
  const salt = experiment.salt ?? `${scope.flag.salt}.${experiment.key}`
  const split = weighted(scope, { share: 100, ...experiment, salt }, { rule: block.id }, where)
  return [
    {
      id: block.id,
      when: join(conditions),
      then: { split },
      experiment: experiment.key,
    },
  ]
}

function slot(scope: FlagScope, experiment: ExperimentBlock, path: Path): Condition[] {
  if (experiment.layer === undefined) return []
  const layer = scope.workspace.layers.get(experiment.layer)?.content
  if (layer === undefined) {
    const cure = didYouMean(experiment.layer, scope.workspace.layers.keys(), `Write layers/${experiment.layer}.yaml.`)
    scope.report.add('unknown_layer', [...path, 'layer'], `there is no layer "${experiment.layer}"`, cure)
    return []
  }
  const slots = layer.slots.filter(one => one.experiment === experiment.key)
  if (slots.length === 0) {
    const what = `layer "${layer.key}" has no slot for "${experiment.key}"`
    scope.report.add(
      'no_slot',
      [...path, 'layer'],
      what,
      `Add { experiment: ${experiment.key}, from, to } to its slots.`,
    )
  }
  const by = unitOf(scope, layer.by, path)
  const buckets = slots.map(({ from, to }): Condition => ({ bucket: { by, salt: layer.salt, from, to } }))
  return buckets.length === 1 ? buckets : [{ any: buckets }]
}

function holdout(scope: FlagScope, experiment: ExperimentBlock, path: Path): Condition[] {
  if (experiment.holdout === undefined) return []
  const held = scope.workspace.holdouts.get(experiment.holdout)?.content
  if (held === undefined) {
    const cure = didYouMean(
      experiment.holdout,
      scope.workspace.holdouts.keys(),
      `Write holdouts/${experiment.holdout}.yaml.`,
    )
    scope.report.add('unknown_holdout', [...path, 'holdout'], `there is no holdout "${experiment.holdout}"`, cure)
    return []
  }
  const to = bucketsOf(held.share)
  if (to === 0) return []
  return [{ not: { bucket: { by: unitOf(scope, held.by, path), salt: held.salt, from: 0, to } } }]
}
