import type { LintRule } from '../types.ts'

const DAY_MS = 24 * 3600_000
const SHORT_LIVED = new Set(['release', 'experiment'])

export const HYGIENE: readonly LintRule[] = [
  {
    code: 'no_owner',
    level: 'warning',
    cause: 'Nobody is named who answers for the flag.',
    cure: 'Add `owner`.',
    check({ workspace }, tell) {
      for (const file of workspace.flags.values()) {
        if (file.content.owner === undefined) tell(file, ['key'], `${file.content.key} has no owner`)
      }
    },
  },
  {
    code: 'no_expiry',
    level: 'warning',
    cause: 'A release or experiment flag does not say when it should be gone.',
    cure: 'Add `expires` with a day, or "never" for a flag that stays.',
    check({ workspace }, tell) {
      for (const file of workspace.flags.values()) {
        const { kind, expires, archived, key } = file.content
        if (SHORT_LIVED.has(kind ?? '') && expires === undefined && archived === undefined) {
          tell(file, ['kind'], `${key} is of kind ${kind} and has no day on which it expires`)
        }
      }
    },
  },
  {
    code: 'past_expiry',
    level: 'warning',
    cause: 'The day on which the flag should be gone has passed.',
    cure: 'Remove it from the code and archive it, or move the day.',
    check({ workspace, now }, tell) {
      for (const file of workspace.flags.values()) {
        const { expires, archived, key } = file.content
        const end = expires === undefined || expires === 'never' ? Number.NaN : Date.parse(expires)
        if (archived === undefined && now >= end + DAY_MS) tell(file, ['expires'], `${key} expired on ${expires}`)
      }
    },
  },
  {
    code: 'undeclared_environment',
    level: 'error',
    cause: 'A flag has a block for an environment that ensign.yaml does not list.',
    cure: 'Correct the name, or add the environment to ensign.yaml.',
    check({ workspace }, tell) {
      const known = workspace.project.content.environments
      for (const file of workspace.flags.values()) {
        for (const name of Object.keys(file.content.environments)) {
          if (!known.includes(name))
            tell(file, ['environments', name], `there is no environment "${name}"`, undefined, 'key')
        }
      }
    },
  },
  {
    code: 'json_schema',
    level: 'error',
    cause: 'A variant of a json flag does not meet the `schema` of the flag, or that schema is none.',
    cure: 'Change the value, or the schema.',
    async check({ workspace, expansions }, tell) {
      const files = [...workspace.flags.values()].filter(({ content }) => content.schema !== undefined)
      if (files.length === 0) return
      const { Ajv2020 } = await import('ajv/dist/2020.js')
      const ajv = new Ajv2020({ strict: false, allErrors: false })
      for (const file of files) {
        const { schema, key } = file.content
        try {
          const validate = ajv.compile(schema as object)
          for (const [environment, { rules }] of expansions) {
            for (const [name, value] of rules.flags[key]?.variants ?? []) {
              if (validate(value)) continue
              const { instancePath = '', message = '' } = validate.errors?.[0] ?? {}
              const i = file.content.variants?.findIndex(variant => variant.name === name) ?? 0
              tell(
                file,
                ['variants', i, 'value'],
                `${name} in ${environment}: ${instancePath || 'the value'} ${message}`,
              )
            }
          }
        } catch {
          tell(file, ['schema'], 'this is no JSON Schema of draft 2020-12')
        }
      }
    },
  },
  {
    code: 'missing_tests',
    level: 'error',
    cause: 'A flag of high or critical risk has no test.',
    cure: 'Write one in tests/*.spec.yaml.',
    check({ workspace }, tell) {
      const tested = new Set(
        workspace.tests.flatMap(({ content }) => content.tests.map(test => test.flag ?? content.flag)),
      )
      for (const file of workspace.flags.values()) {
        const { risk, key, archived } = file.content
        if ((risk === 'high' || risk === 'critical') && archived === undefined && !tested.has(key)) {
          tell(file, ['risk'], `${key} is of ${risk} risk and has no test`)
        }
      }
    },
  },
]
