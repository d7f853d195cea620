import type { Option } from './command.ts'

/** Options that several commands share. */
export const ENVIRONMENT: Option = {
  flags: '-e, --environment <name>',
  about: 'the environment; the first of ensign.yaml where absent',
}
export const ENVIRONMENTS: Option = {
  flags: '-e, --environment <name>',
  about: 'one environment; all of them where absent',
}
/** Of what acts at once: nobody shall do it to the wrong one by leaving it out. */
export const NAMED_ENVIRONMENT: Option = {
  flags: '-e, --environment <name>',
  about: 'the environment; may be left out where there is only one',
}
export const NOW: Option = {
  flags: '--now <time>',
  about: 'the time that is asked about, such as 2026-12-01T09:00:00Z',
}
export const AGAINST: Option = {
  flags: '--against <folder>',
  about: 'another copy of the workspace in place of what is in force, such as a checkout of the main branch',
}
