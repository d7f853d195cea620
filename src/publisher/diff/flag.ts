import type { Json, JsonObject } from '../../base/json.ts'
import { sameJson } from '../../base/samejson.ts'
import type { Flag, Outcome, Rule } from '../../rules/types.ts'
import { percentOf } from '../layout/weights.ts'
import { conditionText, outcomeText, sharesOf, variantName } from './text.ts'
import type { Action, Change } from './types.ts'
import { windowOf, withoutTime } from './window.ts'

type Row = Omit<Change, 'flag_key'>

/** Everything that differs between two states of one flag, each thing once. */
export function flagChanges(key: string, before: Flag, after: Flag): Change[] {
  const was = archivedOf(before)
  const is = archivedOf(after)
  const rows =
    was !== is
      ? [archive(before, after), ...describe(before, after)]
      : [
          ...toggle(before, after),
          ...values(before, after),
          ...requirements(before, after),
          ...ruleRows(before, after),
          ...otherwise(before, after),
          ...describe(before, after),
        ]
  return rows.map(row => ({ flag_key: key, ...row }))
}

export function flagState({ meta: _, ...flag }: Flag): Json {
  return flag as unknown as Json
}

const row = (action: Action, previous: unknown, next: unknown, summary: string): Row => ({
  action,
  previous_state: previous as Json,
  new_state: next as Json,
  summary,
})

const metaOf = (flag: Flag) => (flag.meta ?? {}) as JsonObject
const archivedOf = (flag: Flag) => metaOf(flag).archived ?? null

function archive(before: Flag, after: Flag): Row {
  const archived = archivedOf(after) !== null
  const summary = archived ? `archived, serves ${variantName(after, after.off)}` : 'brought back from the archive'
  return row('archive', flagState(before), flagState(after), summary)
}

function toggle(before: Flag, after: Flag): Row[] {
  if (before.on === after.on) return []
  const word = (on: boolean) => (on ? 'on' : 'off')
  return [row('toggle', { on: before.on }, { on: after.on }, `${word(before.on)} -> ${word(after.on)}`)]
}

function values(before: Flag, after: Flag): Row[] {
  const pick = ({ type, variants, off }: Flag) => ({ type, variants, off: off === null ? null : variants[off]?.[0] })
  if (sameJson(pick(before), pick(after))) return []
  const old = new Map(before.variants)
  const now = new Map(after.variants)
  const words: string[] = []
  for (const [name, value] of now) {
    if (!old.has(name)) words.push(`${name} added`)
    else if (!sameJson(old.get(name), value)) words.push(`${name} ${short(old.get(name))} -> ${short(value)}`)
  }
  for (const name of old.keys()) if (!now.has(name)) words.push(`${name} removed`)
  const offs = [variantName(before, before.off), variantName(after, after.off)]
  if (offs[0] !== offs[1]) words.push(`off: ${offs[0]} -> ${offs[1]}`)
  if (before.type !== after.type) words.push(`type ${before.type} -> ${after.type}`)
  return [row('value', pick(before), pick(after), words.length === 0 ? 'order of variants' : words.join('; '))]
}

function short(value: Json | undefined): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function requirements(before: Flag, after: Flag): Row[] {
  const old = before.requires ?? []
  const now = after.requires ?? []
  if (sameJson(old, now)) return []
  const text = (all: typeof old) => (all.length === 0 ? 'nothing' : all.map(conditionText).join(' and '))
  return [row('target', { requires: old }, { requires: now }, `requires ${text(old)} -> ${text(now)}`)]
}

function ruleRows(before: Flag, after: Flag): Row[] {
  const old = new Map(before.rules.map(rule => [rule.id, rule]))
  const now = new Map(after.rules.map(rule => [rule.id, rule]))
  const rows: Row[] = []
  for (const [id, rule] of old) if (!now.has(id)) rows.push(lostOrNew(before, after, rule, undefined))
  for (const [id, rule] of now) {
    const other = old.get(id)
    if (other === undefined) rows.push(lostOrNew(after, before, undefined, rule))
    else rows.push(...changedRule(before, after, other, rule))
  }
  const order = (rules: readonly Rule[], other: ReadonlyMap<string, Rule>) =>
    rules.map(rule => rule.id).filter(id => other.has(id))
  const [first, second] = [order(before.rules, now), order(after.rules, old)]
  if (!sameJson(first, second)) rows.push(row('target', { order: first }, { order: second }, 'order of rules'))
  return rows
}

/** A step that a ramp gains or loses is part of a rollout; any other rule changes who is meant. */
function lostOrNew(flag: Flag, other: Flag, lost: Rule | undefined, added: Rule | undefined): Row {
  const rule = (lost ?? added)!
  const ramp =
    isStep(rule) && other.rules.some(one => isStep(one) && sameJson(withoutTime(one.when), withoutTime(rule.when)))
  const text = `${conditionText(rule.when)}: ${outcomeText(flag, rule.then)}`
  const state = { rule: ruleState(flag, rule) }
  return lost === undefined
    ? row(ramp ? 'rollout' : 'target', null, state, `${rule.id} added: ${text}`)
    : row(ramp ? 'rollout' : 'target', state, null, `${rule.id} removed: ${text}`)
}

const isStep = (rule: Rule) => 'split' in rule.then && windowOf(rule.when) !== ''

function changedRule(before: Flag, after: Flag, old: Rule, now: Rule): Row[] {
  const rows: Row[] = []
  const { id } = now
  if (!sameJson(withoutTime(old.when), withoutTime(now.when))) {
    const summary = `${id}: ${conditionText(old.when)} -> ${conditionText(now.when)}`
    rows.push(row('target', { rule: id, when: old.when }, { rule: id, when: now.when }, summary))
  } else if (!sameJson(old.when, now.when)) {
    const action = 'split' in now.then ? 'rollout' : 'target'
    const summary = `${id}: ${windowOf(old.when) || 'always'} -> ${windowOf(now.when) || 'always'}`
    rows.push(row(action, { rule: id, when: old.when }, { rule: id, when: now.when }, summary))
  }
  const [from, to] = [outcomeState(before, old.then), outcomeState(after, now.then)]
  if (!sameJson(from, to) || old.experiment !== now.experiment) {
    const state = (outcome: Json, rule: Rule) => ({
      rule: id,
      outcome,
      ...(rule.experiment === undefined ? {} : { experiment: rule.experiment }),
    })
    rows.push(row('rollout', state(from, old), state(to, now), `${id}: ${movement(before, after, old.then, now.then)}`))
  }
  return rows
}

function otherwise(before: Flag, after: Flag): Row[] {
  const [old, now] = [outcomeState(before, before.otherwise), outcomeState(after, after.otherwise)]
  if (sameJson(old, now)) return []
  const summary = `everyone else: ${movement(before, after, before.otherwise, after.otherwise)}`
  return [row('rollout', { otherwise: old }, { otherwise: now }, summary)]
}

function describe(before: Flag, after: Flag): Row[] {
  const strip = ({ archived: _, ...meta }: JsonObject) => meta
  const [old, now] = [strip(metaOf(before)), strip(metaOf(after))]
  const rows: Row[] = []
  if (!sameJson(old, now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .sort()
      .filter(name => !sameJson(old[name], now[name]))
    const words = names.map(name => `${name} ${old[name] ?? 'none'} -> ${now[name] ?? 'none'}`)
    rows.push(row('describe', old, now, words.join('; ')))
  }
  if (before.salt !== after.salt) {
    rows.push(row('rollout', { salt: before.salt }, { salt: after.salt }, 'the salt of the flag'))
  }
  return rows
}

/** With names in the place of indexes: a state that stands by itself. */
function outcomeState(flag: Flag, outcome: Outcome): Json {
  if ('serve' in outcome) return { serve: variantName(flag, outcome.serve) }
  if ('fallback' in outcome) return { fallback: true }
  const { by, salt, arms, rest } = outcome.split
  return {
    split: {
      by: by as Json,
      salt,
      arms: arms.map(([from, to, index]) => [from, to, variantName(flag, index)]),
      rest: typeof rest === 'number' ? { serve: variantName(flag, rest) } : rest,
    },
  }
}

function ruleState(flag: Flag, rule: Rule): Json {
  return {
    id: rule.id,
    when: rule.when as unknown as Json,
    outcome: outcomeState(flag, rule.then),
    ...(rule.experiment === undefined ? {} : { experiment: rule.experiment }),
  }
}

/** `one-page 10% -> 25%`, else the two outcomes in words. */
function movement(before: Flag, after: Flag, old: Outcome, now: Outcome): string {
  if ('split' in old && 'split' in now) {
    const [from, to] = [sharesOf(before, old), sharesOf(after, now)]
    const words = [...new Set([...from.keys(), ...to.keys()])]
      .filter(name => from.get(name) !== to.get(name))
      .map(name => `${name} ${percentOf(from.get(name) ?? 0)}% -> ${percentOf(to.get(name) ?? 0)}%`)
    if (old.split.salt !== now.split.salt) words.push('another salt')
    if (!sameJson(old.split.by, now.split.by)) words.push('another unit')
    if (words.length > 0) return words.join(', ')
    if (!sameJson(old.split.arms, now.split.arms)) return 'the same weights in other buckets'
  }
  return `${outcomeText(before, old)} -> ${outcomeText(after, now)}`
}
