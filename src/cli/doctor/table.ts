import { KEY_CHECKS } from './keys.ts'
import { ROOT_CHECKS } from './roots.ts'
import { STORE_CHECKS } from './stores.ts'
import { TIME_CHECKS } from './times.ts'
import type { Check } from './types.ts'

/** Every check of `ensign doctor`, in the order in which it tells them. */
export const CHECKS: readonly Check[] = [...ROOT_CHECKS, ...KEY_CHECKS, ...STORE_CHECKS, ...TIME_CHECKS]
