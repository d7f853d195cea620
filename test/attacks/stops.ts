import type { RootPayload } from '../../src/trust/types.ts'
import { withEnvironment } from '../support/cast.ts'
import { envelopeText, flipBit, sealText, takeApart, withSignature } from '../support/forge.ts'
import type { StopChange, World } from '../support/world.ts'
import { type Attack, after, cold } from './attack.ts'

const none = '0'.repeat(64)

/** The first stop is like this. */
function first(id: string, expected: string, change: StopChange): Attack {
  return after(id, expected, async world => void (await world.stop('production', change)) as undefined)
}

/** Three stops; then head.json carries these. */
function run(
  id: string,
  expected: string,
  edit: (stops: readonly string[], world: World) => readonly string[],
): Attack {
  return cold(id, expected, async world => {
    await world.release()
    for (const flag of ['a', 'b', 'c']) await world.stop('production', { flags: [flag] })
    world.edit(file => ({ ...file, stops: edit(file.stops, world) }))
    return undefined
  })
}

const production = (change: Parameters<typeof withEnvironment>[2]) => (root: RootPayload) =>
  withEnvironment(root, 'production', change)
const clearing = (world: World) => ({ payload: (one: object) => ({ ...one, clears: world.standing().stop }) })

const ONE: readonly Attack[] = [
  first('ok-stop', 'ok', {}),
  after(
    'ok-stop-unknown',
    'ok',
    async world => void (await world.stop('production', { flags: ['no-such-flag'] })) as undefined,
    {
      accepted: state =>
        state.ruleSet.stops.map(one => one.flag).join() === 'no-such-flag' ? undefined : 'not stopped',
    },
  ),
  after(
    'ok-stops-add',
    'ok',
    async world => {
      await world.stop('production', { flags: ['a', 'b'] })
      await world.stop('production', { flags: ['b', 'c'] })
      return undefined
    },
    {
      accepted: state => {
        const got = state.ruleSet.stops.map(one => `${one.flag}${one.version}`).join()
        return got === 'a1,b1,c2' ? undefined : got
      },
    },
  ),
  after(
    'ok-stop-cleared',
    'ok',
    async world => {
      await world.stop()
      await world.release('production', clearing(world))
      return undefined
    },
    { accepted: state => (state.ruleSet.stops.length === 0 ? undefined : 'still stopped') },
  ),
  first('ok-stop-two-signers', 'ok', { signers: ['alice', 'dave'] }),
  first('stop-signer', 'stop_signer', { signers: ['alice'] }),
  first('stop-signer-stranger', 'stop_signer', { signers: ['eve'] }),
  first('stop-signer-publisher', 'stop_signer', { signers: ['publisher'] }),
  first('stop-bad-signature', 'signature', { bytes: sealed => withSignature(sealed, flipBit) }),
  first('stop-no-flags', 'schema', { payload: one => ({ ...one, flags: [] }) }),
  first('stop-flags-unsorted', 'schema', { payload: one => ({ ...one, flags: ['b', 'a'] }) }),
  first('stop-flag-twice', 'schema', { payload: one => ({ ...one, flags: ['a', 'a'] }) }),
  first('stop-flag-key', 'schema', { payload: one => ({ ...one, flags: ['a b'] }) }),
  first('stop-flag-long', 'schema', { payload: one => ({ ...one, flags: ['a'.repeat(129)] }) }),
  first('stop-flags-text', 'schema', { payload: one => ({ ...one, flags: 'all' }) }),
  first('stop-turns-on', 'schema', { payload: one => ({ ...one, on: ['new-checkout'] }) }),
  first('stop-many-flags', 'schema', {
    payload: one => ({ ...one, flags: Array.from({ length: 1025 }, (_, i) => `f${String(i).padStart(4, '0')}`) }),
  }),
  first('stop-too-large', 'too_large', { payload: one => ({ ...one, reason: 'x'.repeat(33_000) }) }),
  first('stop-spec-2', 'spec', { payload: one => ({ ...one, spec: 2 }) }),
  first('stop-project', 'wrong_project', { payload: one => ({ ...one, project: 'bank' }) }),
  first('stop-environment', 'wrong_environment', { payload: one => ({ ...one, environment: 'staging' }) }),
  first('stop-genesis', 'wrong_genesis', { payload: one => ({ ...one, genesis: none }) }),
]

const CHAIN: readonly Attack[] = [
  run('ok-stop-run', 'ok', stops => stops),
  run('stop-gap', 'stop_gap', ([a, , c]) => [a!, c!]),
  run('stop-edge', 'stop_gap', ([, b, c]) => [b!, c!]),
  run('stop-edge-last', 'stop_gap', ([a, b]) => [a!, b!]),
  run('stop-run-empty', 'stop_gap', () => []),
  run('stop-run-reordered', 'stop_gap', ([a, b, c]) => [b!, a!, c!]),
  run('stop-run-repeated', 'stop_gap', ([a, b, c]) => [a!, a!, b!, c!]),
  run('stop-run-of-releases', 'header', (_, world) => [world.realm().release!.text]),
  run('stop-run-junk', 'envelope', () => ['junk']),
  run('stop-run-huge', 'too_large', ([a]) => Array.from({ length: 330 }, () => a!)),
  cold('stop-link-forked', 'stop_gap', async world => {
    await world.release()
    await world.stop()
    await world.stop('production', { payload: one => ({ ...one, previous: none }) })
    return undefined
  }),
  cold('stop-version-jumps', 'stop_gap', async world => {
    await world.release()
    await world.stop('production', { payload: one => ({ ...one, version: 2 }) })
    return undefined
  }),
  cold('stop-first-with-previous', 'stop_gap', async world => {
    await world.release()
    await world.stop('production', { payload: one => ({ ...one, previous: none }) })
    return undefined
  }),
  cold('stop-cleared-listed', 'stop_gap', async world => {
    await world.release()
    const one = await world.stop()
    await world.release('production', clearing(world))
    world.edit(file => ({ ...file, stops: [one.text] }))
    return undefined
  }),
  cold('stop-hidden', 'stop_gap', async world => {
    await world.release()
    await world.stop()
    world.edit(file => ({ ...file, stops: [] }))
    return undefined
  }),
  cold('stop-invented', 'stop_gap', async world => {
    await world.release()
    const one = await world.stop('production', { head: false })
    world.realm().stops.pop()
    world.commit()
    await world.head()
    world.edit(file => ({ ...file, stops: [one.text] }))
    return undefined
  }),
  cold('stop-surplus-signature', 'not_logged', async world => {
    await world.release()
    const { bytes } = await world.stop()
    const more = await sealText(takeApart(bytes).payload, 'stop', world.cast.dave!, world.cast.eve!)
    world.edit(file => ({ ...file, stops: [new TextDecoder().decode(more)] }))
    return undefined
  }),
  after('stop-shrink', 'stop_rollback', async world => {
    await world.stop()
    const memory = await world.memory()
    world.realm().stops.pop()
    world.commit()
    await world.head()
    return { memory }
  }),
  after('stop-shrink-by-one', 'stop_rollback', async world => {
    await world.stop()
    await world.stop()
    const memory = await world.memory()
    world.realm().stops.pop()
    world.commit()
    await world.head()
    return { memory }
  }),
  after('stop-fork', 'stop_fork', async world => {
    await world.stop()
    const memory = await world.memory()
    world.realm().stops.pop()
    await world.stop('production', { flags: ['other'] })
    return { memory }
  }),
  after('stop-fork-below', 'stop_fork', async world => {
    await world.stop()
    const memory = await world.memory()
    world.realm().stops.pop()
    await world.stop('production', { flags: ['other'] })
    await world.stop('production', { flags: ['more'] })
    return { memory }
  }),
  after('stop-fork-cleared', 'stop_fork', async world => {
    await world.stop()
    const memory = await world.memory()
    world.realm().stops.pop()
    await world.stop('production', { flags: ['other'] })
    await world.stop('production', { flags: ['more'] })
    await world.release('production', {
      payload: one => {
        const { payload, digest } = world.realm().stops[0]!
        return { ...one, clears: { version: payload.version, digest } }
      },
    })
    return { memory }
  }),
  cold('below-standing-stop', 'stop_rollback', async world => {
    await world.release()
    await world.stop()
    const standing = world.standing()
    await world.nextRoot(production(() => ({ standing })))
    world.realm().stops.pop()
    world.commit()
    await world.head()
    return undefined
  }),
]

const noDave = (root: RootPayload) => production(one => ({ stop: one.stop.filter(id => id !== 'dave') }))(root)

const LEAVERS: readonly Attack[] = [
  after('leaver-new-stop', 'stop_signer', async world => {
    await world.nextRoot(noDave)
    await world.stop()
    return undefined
  }),
  after('leaver-stop-not-standing', 'stop_signer', async world => {
    await world.stop()
    await world.nextRoot(noDave)
    await world.head()
    return undefined
  }),
  cold('ok-leaver-stop', 'ok', async world => {
    await world.release()
    await world.stop()
    const standing = world.standing()
    await world.nextRoot(root => production(() => ({ standing }))(noDave(root)))
    await world.stop('production', { signers: ['bob'], flags: ['b'] })
    return undefined
  }),
  cold('leaver-stop-above-standing', 'stop_signer', async world => {
    await world.release()
    await world.stop()
    const standing = world.standing()
    await world.nextRoot(root => production(() => ({ standing }))(noDave(root)))
    await world.stop('production', { flags: ['b'] })
    return undefined
  }),
  cold('leaver-stop-beside-standing', 'stop_fork', async world => {
    await world.release()
    await world.stop()
    const standing = world.standing()
    await world.nextRoot(root => production(() => ({ standing }))(noDave(root)))
    world.realm().stops.pop()
    await world.stop('production', { flags: ['forged'] })
    await world.stop('production', { signers: ['bob'], flags: ['b'] })
    return undefined
  }),
  cold('stranger-stop-below-standing', 'stop_fork', async world => {
    await world.release()
    await world.stop('production', { flags: ['a'] })
    await world.stop('production', { flags: ['b'] })
    const standing = world.standing()
    await world.nextRoot(production(() => ({ standing })))
    world.realm().stops.length = 0
    await world.stop('production', { signers: ['eve'], flags: ['x'] })
    await world.stop('production', { signers: ['eve'], flags: ['y'] })
    await world.stop('production', { flags: ['c'] })
    return undefined
  }),
  cold('stop-known-bad-below-standing', 'signature', async world => {
    await world.release()
    const { bytes } = await world.stop()
    const standing = world.standing()
    await world.nextRoot(production(() => ({ standing })))
    await world.head()
    const { encoded, rows } = takeApart(bytes)
    const bad = rows.map(row => ({ ...row, signature: flipBit(row.signature) }))
    world.edit(file => ({ ...file, stops: [envelopeText(encoded, bad)] }))
    return undefined
  }),
]

export const stopAttacks: readonly Attack[] = [...ONE, ...CHAIN, ...LEAVERS]
