import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { stringify } from 'yaml'
import { hex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { formatFile } from '../../publisher/fmt/fmt.ts'
import type { Problem } from '../../publisher/workspace/problem.ts'
import { checkFile } from '../../publisher/workspace/read.ts'
import { FLAG_KINDS, RISKS } from '../../publisher/workspace/types.ts'
import type { Call, Command } from '../command.ts'
import { schemaHeader } from '../init/schemas.ts'
import { inWorkspace, loadWorkspace } from '../workspace.ts'

const TYPES = ['boolean', 'string', 'integer', 'number', 'json']

export const newFlag: Command = {
  name: 'new',
  topic: 'workspace',
  summary: 'make a flag that is off everywhere',
  about:
    'Writes flags/KEY.yaml with a salt of its own and a block for each environment. It changes nothing for anyone yet.',
  args: [{ name: 'key', about: 'the key of the flag' }],
  options: [
    { flags: '--type <type>', about: 'type of its values', choices: TYPES, default: 'boolean' },
    { flags: '--variant <name=value>', about: 'a variant; the first is off', many: true },
    { flags: '--owner <team>', about: 'who answers for it' },
    { flags: '--kind <kind>', about: 'what it is for', choices: FLAG_KINDS, default: 'release' },
    { flags: '--risk <risk>', about: 'what a mistake costs', choices: RISKS, default: 'low' },
    { flags: '--expires <day>', about: 'when it should be gone, or "never"' },
    { flags: '--description <text>', about: 'what it does' },
  ],
  examples: [
    { command: 'ensign new new-checkout --owner team-payments --expires 2027-03-01', shows: 'an on-off flag' },
    {
      command: 'ensign new page-size --type integer --variant small=10 --variant large=50',
      shows: 'a flag with values',
    },
  ],
  json: { flag: 'the key', file: 'the file that was written' },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const key = call.need('key')
    const existing = workspace.flags.get(key)
    if (existing !== undefined)
      throw new EnsignError('exists', `there is a flag "${key}" already`, { at: existing.file })
    const { environments } = workspace.project.content
    const file = `flags/${key}.yaml`
    const text = formatFile('flag', file, schemaHeader('flag') + stringify(flagOf(call, key, environments)))
    const problems: Problem[] = []
    await checkFile(file, text, 'flag', problems)
    const [first] = problems
    if (first !== undefined)
      throw new EnsignError('usage', first.what, first.cure === undefined ? {} : { cure: first.cure })
    const path = inWorkspace(workspace, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return { json: { flag: key, file }, text: `${file}\nNext: ensign lint, then a test in tests/${key}.spec.yaml` }
  },
}

function flagOf(call: Call, key: string, environments: readonly string[]): Json {
  const type = call.need('type')
  const variants = variantsOf(call.list('variant'), type)
  const off = variants?.[0]?.name ?? 'off'
  const optional = Object.fromEntries(
    ['description', 'owner', 'expires'].map(name => [name, call.text(name)]).filter(([, value]) => value !== undefined),
  ) as Record<string, string>
  return {
    key,
    type,
    ...optional,
    kind: call.need('kind'),
    risk: call.need('risk'),
    salt: hex(call.io.random(8)),
    ...(variants === undefined ? {} : { variants, off }),
    environments: Object.fromEntries(environments.map(name => [name, { enabled: false, otherwise: off }])),
  }
}

function variantsOf(given: readonly string[], type: string): { name: string; value: Json }[] | undefined {
  if (given.length === 0) {
    if (type === 'boolean') return undefined
    throw new EnsignError('usage', `a flag of type ${type} needs variants`, {
      cure: 'Name them: --variant NAME=VALUE.',
    })
  }
  return given.map(one => {
    const at = one.indexOf('=')
    const name = at < 0 ? one : one.slice(0, at)
    const text = at < 0 ? one : one.slice(at + 1)
    return { name, value: type === 'string' ? text : jsonOf(text) }
  })
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new EnsignError('usage', 'the value of a variant is no JSON', {
      cure: 'Write it as JSON, or take --type string.',
    })
  }
}
