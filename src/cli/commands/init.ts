import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { hex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { createDevelopmentTrust } from '../../publisher/ceremony/development.ts'
import { policyOf, printPolicy } from '../../publisher/policy/files.ts'
import { folderStore } from '../../publisher/stores/folder.ts'
import { readSoundWorkspace } from '../../publisher/workspace/read.ts'
import type { Call, Command } from '../command.ts'
import { sampleFiles } from '../init/files.ts'
import { holdsWorkspace } from '../workspace.ts'

const ID = /^[a-z0-9][a-z0-9-]{0,62}$/

export const init: Command = {
  name: 'init',
  topic: 'workspace',
  summary: 'make a workspace that works at once',
  about:
    'Writes sample flags, a segment, tests, a policy, schemas for editors, development keys of three people and a root that\nthey have signed. On a terminal it asks for what is not given.',
  args: [{ name: 'folder', about: 'where; the folder that you are in where absent', optional: true }],
  options: [
    { flags: '--project <id>', about: 'lower-case letters, digits and hyphens' },
    {
      flags: '-e, --environment <name>',
      about: 'an environment, in the order of promotion; staging and production where absent',
      many: true,
    },
  ],
  examples: [{ command: 'ensign init flags --project shop -e staging -e production', shows: 'without questions' }],
  json: { folder: 'where', files: 'array of files that were written' },
  async run(call) {
    const folder = resolve(call.dir, call.text('folder') ?? '.')
    if (holdsWorkspace(folder)) throw new EnsignError('exists', 'there is a workspace already', { at: folder })
    const project = await idOf(call, 'project', 'Project (shop): ', 'shop')
    const environments = call.list('environment').length > 0 ? call.list('environment') : await askEnvironments(call)
    for (const id of [project, ...environments]) {
      if (!ID.test(id)) {
        throw new EnsignError('usage', `"${id}" is no id`, {
          cure: 'Take 1 to 63 lower-case letters, digits and hyphens.',
        })
      }
    }
    const files = sampleFiles({ project, environments, salt: () => hex(call.io.random(8)) })
    await mkdir(folder, { recursive: true })
    const there = new Set(await readdir(folder, { recursive: true }))
    const written = [...files.keys()].filter(file => !there.has(file))
    for (const file of written) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), files.get(file)!, { flag: 'wx' })
    }
    const made = await makeTrust(call, folder, project, environments).catch(async error => {
      // What was there before is not sound: half a workspace would have to be cleared away by hand.
      await Promise.all(written.map(file => rm(join(folder, file), { force: true })))
      throw error
    })
    const shown = written.filter(file => !file.startsWith('.ensign/'))
    const cd = call.text('folder') === undefined ? [] : [`  cd ${call.text('folder')}`]
    return {
      json: { folder, files: [...written, ...made] },
      text: [
        ...shown,
        ...made,
        '',
        'Next:',
        ...cd,
        '  ensign lint',
        '  ensign test',
        `  ensign propose -e ${environments[0]} --reason "the first release" --as alice`,
      ].join('\n'),
    }
  },
}

/** Development keys that lie open in keys/, and a root that they have signed. */
async function makeTrust(
  call: Call,
  workspace: string,
  project: string,
  environments: readonly string[],
): Promise<string[]> {
  const policy = policyOf(await readSoundWorkspace(workspace))
  await createDevelopmentTrust({
    workspace,
    store: folderStore(join(workspace, 'store')),
    project,
    environments,
    people: ['alice', 'bob', 'carol'],
    policy: policy === undefined ? undefined : printPolicy(policy),
    now: call.io.now(),
  })
  const names = ['alice', 'bob', 'carol', 'publisher', ...environments.map(name => `log-${name}`)]
  return [...names.map(name => `keys/${name}.jwk`), 'roots/1.json', `store/v1/${project}/roots/1.json`]
}

async function idOf(call: Call, name: string, question: string, otherwise: string): Promise<string> {
  const given = call.text(name)
  if (given !== undefined) return given
  return (await call.io.ask?.(question)) || otherwise
}

async function askEnvironments(call: Call): Promise<readonly string[]> {
  const answer = (await call.io.ask?.('Environments, in the order of promotion (staging production): ')) ?? ''
  const names = answer.split(/[\s,]+/).filter(name => name !== '')
  return names.length > 0 ? names : ['staging', 'production']
}
