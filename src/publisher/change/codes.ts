import type { CodeTable } from '../../base/errors.ts'

/** Codes of changes that are on their way. */
export const CHANGE_CODES = {
  change_missing: {
    cause: 'There is no change of this id in changes/.',
    cure: 'See `ensign status` for those there are.',
  },
  change_exists: { cause: 'There is a change of this id already.', cure: 'Choose another --id.' },
  change_form: {
    cause: 'A file of the change is missing or not of its form.',
    cure: 'Get the folder again as it was proposed; any edit voids the approvals.',
  },
  change_empty: {
    cause: 'The rules are what is in force already.',
    cure: 'Edit a flag, or look at `ensign diff`.',
  },
  change_conflict: {
    cause: 'Somebody else changed the same flag, and what was reviewed would no longer be what happens.',
    cure: 'Look at `ensign diff`, and propose it anew.',
  },
  change_moved: {
    cause: 'Another release is in force than the one on which this was proposed.',
    cure: 'Put it on top with `ensign propose --again ID`, and have it signed again.',
  },
  change_closed: {
    cause: 'The change was rejected or withdrawn: its folder says so, or the log.',
    cure: 'Propose it anew.',
  },
  own_change: { cause: 'The author does not approve his own change.', cure: 'Let somebody else review it.' },
  no_approver: {
    cause: 'This person does not approve in this environment.',
    cure: 'Ask one of the people that `ensign review` names.',
  },
} as const satisfies CodeTable
