import type { Command, Option } from './command.ts'

/** One row for each shell: the commands, their options, and the flags of the workspace as words. */
export const SHELLS = { bash, zsh, fish } as const
export type Shell = keyof typeof SHELLS

const COMMON = ['--dir', '--json']
const longOf = (option: Option) => /--[a-z-]+/.exec(option.flags)![0]
const optionsOf = (command: Command) => [...(command.options ?? []).map(longOf), ...COMMON]
const takesFlag = (command: Command) => (command.args ?? []).some(argument => /^flags?$/.test(argument.name))
const groupsOf = (commands: readonly Command[]) => {
  const groups = new Map<string, string[]>()
  for (const { name } of commands) {
    const [first, second] = name.split(' ') as [string, string?]
    const members = groups.get(first) ?? []
    if (second !== undefined) members.push(second)
    groups.set(first, members)
  }
  return groups
}

function bash(commands: readonly Command[]): string {
  const groups = groupsOf(commands)
  const cases = commands.map(row => {
    const words = optionsOf(row).join(' ')
    return `    '${row.name}') words='${words}'${takesFlag(row) ? '; flags=1' : ''} ;;`
  })
  const members = [...groups].filter(([, rest]) => rest.length > 0)
  return [
    '# bash completion for ensign',
    '_ensign() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words="" flags=""`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${[...groups.keys()].join(' ')}' -- "$current")); return`,
    '  fi',
    '  case "$command" in',
    ...members.map(
      ([name, rest]) =>
        `    ${name}) if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W '${rest.join(' ')}' -- "$current")); return; fi; command="$command \${COMP_WORDS[2]}" ;;`,
    ),
    '  esac',
    '  case "$command" in',
    ...cases,
    '  esac',
    '  if [ -n "$flags" ] && [ -d flags ]; then words="$words $(cd flags && ls -1 | sed -E \'s/\\.(ya?ml|json)$//\')"; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _ensign ensign',
  ].join('\n')
}

function zsh(commands: readonly Command[]): string {
  return `#compdef ensign\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
}

function fish(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`
  const lines = ['# fish completion for ensign', 'complete -c ensign -f']
  for (const [first, members] of groupsOf(commands)) {
    const summary = commands.find(row => row.name === first)?.summary ?? `${members.join(', ')}`
    lines.push(`complete -c ensign -n __fish_use_subcommand -a ${first} -d ${quote(summary)}`)
    if (members.length > 0) {
      lines.push(`complete -c ensign -n '__fish_seen_subcommand_from ${first}' -a '${members.join(' ')}'`)
    }
  }
  for (const row of commands) {
    const seen = `'${row.name
      .split(' ')
      .map(word => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')}'`
    for (const option of row.options ?? []) {
      lines.push(`complete -c ensign -n ${seen} -l ${longOf(option).slice(2)} -d ${quote(option.about)}`)
    }
    if (takesFlag(row)) {
      lines.push(
        `complete -c ensign -n ${seen} -a '(ls flags 2>/dev/null | string replace -r "\\.(ya?ml|json)\\$" "")'`,
      )
    }
  }
  return lines.join('\n')
}
