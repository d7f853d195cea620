import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { formatTime } from '../../base/time.ts'
import { openBundleFile } from '../../bundle/bundlefile.ts'
import { openState } from '../../bundle/open.ts'
import type { Source } from '../../bundle/source.ts'
import { storeSource } from '../../publisher/publish/sources.ts'
import { folderStore } from '../../publisher/stores/folder.ts'
import { bySigning } from '../../trust/order.ts'
import type { Call, Command } from '../command.ts'
import { readInput } from '../place.ts'
import { count } from '../print.ts'
import { webSource } from '../websource.ts'

export const verify: Command = {
  name: 'verify',
  topic: 'audit',
  summary: 'check everything that an outsider can check of what is in force',
  about:
    'Takes a server, a store or a bundle.ndjson, and believes nothing but the root that it is given. Ends with 1 and the code\nof the first check that fails.',
  args: [{ name: 'what', about: 'a URL, a folder, or a bundle file' }],
  options: [
    { flags: '--root <file>', about: 'the pinned root statement', required: true },
    { flags: '--project <id>', about: 'the project', required: true },
    { flags: '-e, --environment <name>', about: 'the environment', required: true },
    { flags: '--allow-stale', about: 'an expired head is told and not refused' },
  ],
  examples: [
    {
      command: 'ensign verify https://flags.example.com --root roots/1.json --project shop -e production',
      shows: 'what a server serves',
    },
  ],
  json: {
    release: '{version, digest, author, since, approved_by}',
    stops: 'array of {version, flags, by}',
    head: '{epoch, sequence, issued, expires, stale}',
    log: '{origin, size, root}',
    root: '{version, digest, expires}',
  },
  async run(call) {
    const project = call.need('project')
    const state = await openState({
      source: await sourceOf(call, project),
      project,
      environment: call.need('environment'),
      root: await readInput(call, call.need('root')),
      now: call.io.now(),
      allowStale: call.has('allow-stale'),
    })
    const { release, head, signers, stops, root, memory, stale } = state
    const said = (signed: readonly { person: string; iat: number }[]) =>
      bySigning(signed)
        .map(({ person, iat }) => `${person} ${formatTime(iat * 1000)}`)
        .join(', ')
    const ok = call.paint.green('ok')
    const lines = [
      `${ok}  root ${root.payload.version}, until ${root.payload.expires}`,
      `${ok}  head ${head.epoch}/${head.sequence}, issued ${head.issued}, ${stale ? 'EXPIRED' : 'until'} ${head.expires}`,
      `${ok}  log ${head.log.origin}, ${count(head.log.size, 'entry', 'entries')}, the state is the last one`,
      `${ok}  release ${release.version} by ${release.author}, since ${head.state.since}, ${state.basis}`,
      `      signed: ${said(signers.release)}`,
      ...stops.map(
        ({ version, flags }, i) => `${ok}  stop ${version}: ${flags.join(', ')}; ${said(signers.stops[i] ?? [])}`,
      ),
      `${ok}  ${count(state.parts.length, 'part')} as approved`,
    ]
    return {
      json: {
        release: {
          ...memory.release,
          author: release.author,
          since: head.state.since,
          approved_by: signers.release.map(({ person }) => person).filter(person => person !== release.author),
        },
        stops: stops.map(({ version, flags }, i) => ({
          version,
          flags: [...flags],
          by: (signers.stops[i] ?? []).map(({ person }) => person),
        })),
        head: { epoch: head.epoch, sequence: head.sequence, issued: head.issued, expires: head.expires, stale },
        log: { ...head.log },
        root: { version: root.payload.version, digest: root.digest, expires: root.payload.expires },
      },
      text: lines.join('\n'),
      exit: stale ? 1 : 0,
    }
  },
}

async function sourceOf(call: Call, project: string): Promise<Source> {
  const what = call.need('what')
  if (/^https?:/.test(what)) return webSource(what, project, call.io.env.ENSIGN_TOKEN)
  const path = resolve(call.io.cwd, what)
  const found = await stat(path).catch(cause => {
    throw new EnsignError('file', 'there is no such file or folder', { at: what, cause })
  })
  if (found.isDirectory()) return storeSource(folderStore(path), project)
  return openBundleFile(createReadStream(path))
}
