import type { Json } from '../../base/json.ts'
import type { FlagType } from '../../rules/types.ts'

const FITS: Readonly<Record<FlagType, (value: Json) => boolean>> = {
  boolean: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  integer: value => Number.isSafeInteger(value),
  number: value => typeof value === 'number' && Number.isFinite(value),
  json: () => true,
}

export function fitsFlagType(type: FlagType, value: Json): boolean {
  return FITS[type](value)
}
