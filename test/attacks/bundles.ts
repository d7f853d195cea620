import { concat, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { openBundleFile } from '../../src/bundle/bundlefile.ts'
import { type Attack, cold } from './attack.ts'

const flags = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`flag-${i}`, { meta: 'x'.repeat(200) }]))

/** bundle.ndjson, with several parts, like this. */
function bundle(id: string, expected: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Attack {
  return cold(id, expected, async world => {
    await world.release('production', { flags })
    return { source: openBundleFile(change(await world.bundle())) }
  })
}

const text = (change: (text: string) => string) => (bytes: Uint8Array) => utf8(change(fromUtf8(bytes)!))
const lines = (change: (lines: string[]) => string[]) => text(whole => change(whole.split('\n')).join('\n'))

export const bundleAttacks: readonly Attack[] = [
  bundle('ok-bundle', 'ok', bytes => bytes),
  cold('project-not-given', 'wrong_project', async world => {
    await world.release()
    return { project: undefined as never }
  }),
  cold('environment-not-given', 'unknown_environment', async world => {
    await world.release()
    return { environment: undefined as never, source: openBundleFile(await world.bundle()) }
  }),
  bundle('bundle-empty', 'bundle_form', () => new Uint8Array()),
  bundle('bundle-cut-in-head', 'bundle_form', bytes => bytes.slice(0, 100)),
  bundle('bundle-cut-in-part', 'bundle_form', bytes => bytes.slice(0, -10)),
  bundle('bundle-cut-last-lf', 'bundle_form', bytes => bytes.slice(0, -1)),
  bundle(
    'bundle-without-last-part',
    'bundle_form',
    lines(all => [...all.slice(0, -2), '']),
  ),
  bundle('bundle-surplus-line', 'bundle_form', bytes => concat(bytes, utf8('{}\n'))),
  bundle('bundle-surplus-byte', 'bundle_form', bytes => concat(bytes, utf8(' '))),
  bundle('bundle-blank-line', 'bundle_form', bytes => concat(bytes, utf8('\n'))),
  bundle('bundle-bom', 'bundle_form', bytes => concat(Uint8Array.of(0xef, 0xbb, 0xbf), bytes)),
  bundle(
    'bundle-crlf',
    'bundle_form',
    text(whole => whole.replaceAll('\n', '\r\n')),
  ),
  bundle(
    'bundle-header-list',
    'bundle_form',
    lines(([head, ...rest]) => [`[${head}]`, ...rest]),
  ),
  bundle(
    'bundle-header-space',
    'bundle_form',
    lines(([head, ...rest]) => [` ${head}`, ...rest]),
  ),
  bundle(
    'bundle-header-without-roots',
    'bundle_form',
    lines(([head, ...rest]) => [head!.replace(/,"roots":.*/, '}'), ...rest]),
  ),
  bundle(
    'bundle-header-huge',
    'too_large',
    lines(([head, ...rest]) => [head! + ' '.repeat(80_000_000), ...rest]),
  ),
  bundle(
    'bundle-index-other-form',
    'bundle_form',
    lines(([head, index, ...rest]) => [head!, index!.replace(':', ': '), ...rest]),
  ),
  bundle(
    'bundle-index-line-of-another',
    'part_missing',
    lines(([head, , ...rest]) => [head!, `{"parts":[["${'0'.repeat(64)}",1]]}`, ...rest]),
  ),
  bundle(
    'bundle-part-bomb',
    'too_large',
    lines(([head, , ...rest]) => [head!, `{"parts":[["${'0'.repeat(64)}",9000000]]}`, ...rest]),
  ),
  bundle(
    'bundle-parts-swapped',
    'part_size',
    lines(all => [all[0]!, all[1]!, all[3]!, all[2]!, ...all.slice(4)]),
  ),
  bundle(
    'bundle-part-changed',
    'part_digest',
    // In the parts alone: the letters may stand in a signature too.
    lines(([head, index, ...parts]) => [head!, index!, ...parts.map(part => part.replace('xxx', 'xyx'))]),
  ),
]
