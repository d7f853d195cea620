import type { CodeTable } from '../../base/errors.ts'

/** Codes of reading and expanding the files of a workspace. */
export const WORKSPACE_CODES = {
  no_workspace: {
    cause: 'There is no ensign.yaml in this folder or above it.',
    cure: 'Go to the workspace, name it with --dir, or make one with `ensign init`.',
  },
  unsound_workspace: { cause: 'The workspace has errors.', cure: 'Run `ensign lint` and mend what it finds.' },
  no_environment: {
    cause: 'There is no such environment in ensign.yaml.',
    cure: 'Name one of its environments, or add it.',
  },
  unknown_flag: { cause: 'There is no such flag in the workspace.', cure: 'Check the key, or make it: `ensign new`.' },
  yaml: { cause: 'The file is not YAML 1.2.', cure: 'Mend it at the place named.' },
  yaml_empty: { cause: 'The file says nothing.', cure: 'Write its members, or remove it.' },
  yaml_alias: { cause: 'The file has an anchor or alias.', cure: 'Write the value out.' },
  yaml_merge: { cause: 'The file has a merge key.', cure: 'Write the members out.' },
  yaml_tag: { cause: 'The file has a tag.', cure: 'Remove it; quote what should be a text.' },
  yaml_key: { cause: 'A name in a mapping is not a text.', cure: 'Quote it.' },
  yaml_duplicate: { cause: 'A mapping has the same name twice.', cure: 'Remove one of the two.' },
  unknown_member: { cause: 'A member that this kind of file does not have.', cure: 'Check its spelling.' },
  missing_member: { cause: 'A member is missing.', cure: 'Add it.' },
  wrong_type: { cause: 'A value is of another type than belongs there.', cure: 'Write what the message says.' },
  wrong_value: { cause: 'A value is not one of those that may stand there.', cure: 'Take one of them.' },
  wrong_form: { cause: 'A text is not of the form that belongs there.', cure: 'Write what the message says.' },
  out_of_range: { cause: 'A number or list is too small or too large.', cure: 'Write what the message says.' },
  quote_it: {
    cause: 'A number stands where a text such as a version belongs.',
    cure: 'Quote it: unquoted, 5.10 and 5.1 are the same number.',
  },
  file_name: { cause: 'A file is not named as the key in it.', cure: 'Rename the file or change the key.' },
  same_key: { cause: 'Two files have the same key.', cure: 'Remove one of them, or give it another key.' },
} as const satisfies CodeTable
