import { DAYS, PERMISSIONS } from '../policy/types.ts'
import { RISKS } from '../workspace/types.ts'
import { closed, ENVIRONMENT_NAMES, fileSchema, ID, TEXT, TIME } from './shared.ts'

const ENVIRONMENTS = {
  ...ENVIRONMENT_NAMES,
  minItems: 1,
  uniqueItems: true,
  description: 'a list of environments; all of them where absent',
} as const
const RISK = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { enum: RISKS, description: 'a risk' },
  description: 'a list of risks; all of them where absent',
} as const
const ROLE_NAME = { ...ID, description: 'the name of a role' } as const
const PEOPLE_COUNT = {
  type: 'integer',
  minimum: 1,
  maximum: 10,
  description: 'a number of people from 1 to 10',
} as const
const CLOCK = {
  type: 'string',
  pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
  description: 'a time of day such as "09:00"',
} as const
const HOURS = { type: 'integer', minimum: 1, maximum: 8784, description: 'a number of hours from 1 to 8784' } as const

const listOf = (what: string, item: ReturnType<typeof closed>) =>
  ({ type: 'array', items: item, description: `a list of ${what}` }) as const

export const POLICY_SCHEMA = fileSchema(
  'The rules of change',
  {
    roles: listOf(
      '{name, may}',
      closed(
        {
          name: ROLE_NAME,
          may: {
            type: 'array',
            uniqueItems: true,
            items: { enum: PERMISSIONS, description: 'something that one may do' },
            description: 'a list of what one may do',
          },
          environments: ENVIRONMENTS,
        },
        ['name', 'may'],
      ),
    ),
    approvals: listOf(
      '{count}',
      closed(
        {
          environments: ENVIRONMENTS,
          risk: RISK,
          count: PEOPLE_COUNT,
          stages: {
            type: 'array',
            maxItems: 10,
            items: closed({ name: ROLE_NAME, role: ROLE_NAME, count: PEOPLE_COUNT }, ['name', 'role', 'count']),
            description: 'a list of {name, role, count}',
          },
        },
        ['count'],
      ),
    ),
    tickets: listOf(
      '{pattern}',
      closed(
        {
          environments: ENVIRONMENTS,
          risk: RISK,
          pattern: { type: 'string', minLength: 1, maxLength: 200, description: 'a regular expression (RE2)' },
        },
        ['pattern'],
      ),
    ),
    windows: listOf(
      '{zone, from, until}',
      closed(
        {
          environments: ENVIRONMENTS,
          zone: {
            type: 'string',
            pattern: '^[A-Za-z0-9_+/-]{1,64}$',
            description: 'a time zone such as Europe/Amsterdam',
          },
          days: {
            type: 'array',
            minItems: 1,
            uniqueItems: true,
            items: { enum: DAYS, description: 'a day of the week' },
            description: 'a list of days, mon to sun; all of them where absent',
          },
          from: CLOCK,
          until: CLOCK,
        },
        ['zone', 'from', 'until'],
      ),
    ),
    freezes: listOf(
      '{from, until, why}',
      closed(
        {
          environments: ENVIRONMENTS,
          from: TIME,
          until: TIME,
          why: { ...TEXT, minLength: 1, maxLength: 500, description: 'a reason of 1 to 500 characters' },
        },
        ['from', 'until', 'why'],
      ),
    ),
    order: listOf(
      '{environment, after, hours}',
      closed(
        {
          environment: ID,
          after: ID,
          hours: { ...HOURS, minimum: 0, description: 'a number of hours from 0 to 8784' },
        },
        ['environment', 'after', 'hours'],
      ),
    ),
    steps: listOf(
      '{percent}',
      closed(
        {
          environments: ENVIRONMENTS,
          risk: RISK,
          percent: { type: 'integer', minimum: 1, maximum: 100, description: 'a whole percentage from 1 to 100' },
        },
        ['percent'],
      ),
    ),
    tests: listOf('{environments, risk}', closed({ environments: ENVIRONMENTS, risk: RISK }, [])),
    ratifyHours: HOURS,
  },
  [],
)
