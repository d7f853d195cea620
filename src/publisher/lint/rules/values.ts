import { regex } from '../../../rules/re2.ts'
import { eachValue } from '../comparands.ts'
import { personalData } from '../personal.ts'
import type { LintRule } from '../types.ts'

export const VALUES: readonly LintRule[] = [
  {
    code: 'regex',
    level: 'error',
    cause:
      'A regular expression that RE2 does not take: wrong, or with look-around or back references, which can take for ever.',
    cure: 'Write it in RE2 syntax.',
    check({ comparands }, tell) {
      for (const comparand of comparands) {
        if (comparand.operator !== 'matches') continue
        eachValue(comparand, (value, place) => {
          if (typeof value !== 'string') return
          try {
            regex.compile(value)
          } catch (error) {
            const why = (error as Error).message.replace(/^error parsing regexp: /, '')
            tell(comparand.file, place(), `not an RE2 expression: ${why}`)
          }
        })
      }
    },
  },
  {
    code: 'personal_data',
    level: 'error',
    cause:
      'A value looks like personal data: an e-mail address, a telephone, card, account or identity number, an IP address.',
    cure: 'Seal the attribute (`sealed` in attributes.yaml), or target an id that says nothing about the person.',
    check({ workspace, comparands }, tell) {
      for (const comparand of comparands) {
        const { file, attribute } = comparand
        const known = attribute === undefined ? undefined : workspace.attributes.get(attribute)
        if (known?.sealed !== undefined || known?.type === 'version' || known?.type === 'semver') continue
        const declared = known?.pii !== undefined && known.pii !== 'forbidden'
        eachValue(comparand, (value, place) => {
          const kind = typeof value === 'string' ? personalData(value, declared) : undefined
          if (kind !== undefined && !(kind === 'an IP address' && known?.type === 'ip'))
            tell(file, place(), `this looks like ${kind}`)
        })
      }
    },
  },
  {
    code: 'forbidden_attribute',
    level: 'error',
    cause: 'A rule compares an attribute that attributes.yaml declares `pii: forbidden`.',
    cure: 'Seal the attribute (`sealed` in attributes.yaml), or target another one.',
    check({ workspace, comparands }, tell) {
      const seen = new Set<string>()
      for (const comparand of comparands) {
        const { file, path, attribute, operator } = comparand
        const known = attribute === undefined ? undefined : workspace.attributes.get(attribute)
        if (known?.pii !== 'forbidden' || known.sealed !== undefined || operator === 'exists') continue
        const where = path.filter(step => typeof step === 'string')
        const id = `${file.file} ${where.join('.')}`
        eachValue(comparand, (_, place) => {
          if (!seen.has(id)) tell(file, place(), `"${attribute}" is forbidden in rules`)
          seen.add(id)
        })
      }
    },
  },
]
