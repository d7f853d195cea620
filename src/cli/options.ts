import type { Option } from './command.ts'

/** Options that several commands share. */
export const ENVIRONMENT: Option = {
  flags: '-e, --environment <name>',
  about: 'the environment; the first of ensign.yaml where absent',
}
