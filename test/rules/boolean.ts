import type { Flag } from '../../src/rules/types.ts'

/** On for everyone, but for what is said otherwise. */
export const boolean = (more: Partial<Flag> = {}): Flag => ({
  on: true,
  type: 'boolean',
  variants: [
    ['off', false],
    ['on', true],
  ],
  off: 0,
  salt: 's',
  rules: [],
  otherwise: { serve: 1 },
  ...more,
})
