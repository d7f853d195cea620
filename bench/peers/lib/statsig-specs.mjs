// The specs of both Statsig SDKs: the older one has conditions within rules, the newer one a map of them.
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../../workloads.mjs'

const PUBLIC = {
  type: 'public',
  targetValue: null,
  operator: null,
  field: null,
  additionalValues: {},
  isDeviceBased: false,
  idType: 'userID',
}
const field = (name, operator, targetValue) => ({ ...PUBLIC, type: 'user_field', field: name, operator, targetValue })
const bucket = (salt, below) => ({
  ...PUBLIC,
  type: 'user_bucket',
  operator: 'lt',
  targetValue: below,
  additionalValues: { salt },
})
const rule = (id, conditions, passPercentage = 100, returnValue = true) => ({
  name: id,
  id,
  groupName: null,
  passPercentage,
  conditions,
  returnValue,
  salt: id,
  isDeviceBased: false,
  idType: 'userID',
})
const RULES = {
  W1: key => [rule(`${key}-r`, [PUBLIC])],
  W2: key => [rule(`${key}-r`, [PUBLIC], 50)],
  W3: key => [
    rule(
      `${key}-r`,
      [
        field('country', 'any', COUNTRIES),
        field('plan', 'any', [PLAN]),
        field('appVersion', 'version_gte', MINIMUM_VERSION),
      ],
      25,
    ),
  ],
  W4: key => [rule(`${key}-r`, [{ ...PUBLIC, type: 'unit_id', operator: 'any', targetValue: SEGMENT }])],
  W5: key => VARIANTS.map((v, i) => rule(`${key}-${v}`, [bucket(key, (i + 1) * 250)], 100, { v })),
}

function spec([key, kind]) {
  const config = kind === 'W5'
  return {
    name: key,
    type: config ? 'dynamic_config' : 'feature_gate',
    entity: config ? 'dynamic_config' : 'feature_gate',
    salt: key,
    enabled: true,
    isActive: true,
    version: 1,
    defaultValue: config ? {} : false,
    isDeviceBased: false,
    idType: 'userID',
    explicitParameters: [],
    rules: RULES[kind](key),
  }
}

/** Specs for statsig-node. */
export function inline(flags) {
  const specs = flags.map(spec)
  return JSON.stringify({
    has_updates: true,
    time: 1_767_225_600_000,
    feature_gates: specs.filter(s => s.type === 'feature_gate'),
    dynamic_configs: specs.filter(s => s.type === 'dynamic_config'),
    layer_configs: [],
    layers: {},
    id_lists: {},
    experiment_to_layer: {},
    diagnostics: {},
  })
}

/** Specs for statsig-node-core. */
export function mapped(flags) {
  const conditions = new Map()
  const nameOf = condition => {
    const text = JSON.stringify(condition)
    if (!conditions.has(text)) conditions.set(text, String(conditions.size + 1))
    return conditions.get(text)
  }
  const specs = flags
    .map(spec)
    .map(s => ({ ...s, rules: s.rules.map(r => ({ ...r, conditions: r.conditions.map(nameOf) })) }))
  const byName = type => Object.fromEntries(specs.filter(s => s.type === type).map(s => [s.name, s]))
  return JSON.stringify({
    has_updates: true,
    time: 1_767_225_600_000,
    checksum: '1',
    company_id: 'bench',
    response_format: 'dcs-v2',
    feature_gates: byName('feature_gate'),
    dynamic_configs: byName('dynamic_config'),
    layer_configs: {},
    layers: {},
    id_lists: {},
    experiment_to_layer: {},
    condition_map: Object.fromEntries([...conditions].map(([text, id]) => [id, JSON.parse(text)])),
  })
}
