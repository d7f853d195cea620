import type { CodeTable } from '../../base/errors.ts'

/** Codes of root ceremonies. */
export const CEREMONY_CODES = {
  root_orphans: {
    cause: 'The new root would leave a release or stop that is in force without support.',
    cure: 'Propose the root again, so that it vouches for what is in force now; or give --orphan and publish a release next.',
  },
  standing_unknown: {
    cause:
      'A new epoch would begin with nothing to stand, because no head of the environment was found. Clients that remember one would refuse the root.',
    cure: 'Name a store or server that has the head; or, if nothing was ever published there, `ensign root epoch --empty`.',
  },
  root_draft: {
    cause: 'There is no root in the making in roots/next/, or it does not follow the newest one.',
    cure: 'Start with `ensign root propose`.',
  },
  root_member: {
    cause: 'This person is a root member neither of the newest root nor of the proposed one.',
    cure: 'Let members sign it; `ensign root show` names them.',
  },
} as const satisfies CodeTable
