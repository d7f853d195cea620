import {
  ErrorCode,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagValue,
  OpenFeature,
  type Client as OpenFeatureClient,
  ProviderEvents,
  ProviderStatus,
} from '@openfeature/server-sdk'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ClientOptions } from '../../src/index.node.ts'
import { ensignProvider } from '../../src/openfeature.ts'
import { cleanUp, clientOf, until, worldWith } from '../client/support.ts'
import type { World } from '../support/world.ts'
import { SUITE_FLAGS } from './openfeature-flags.ts'

let domains = 0
const domain = () => `test-${domains++}`

async function suite() {
  const world = await worldWith()
  await world.release('production', { flags: SUITE_FLAGS })
  return world
}

const clientIn = (world: World, more: Partial<ClientOptions> = {}) => clientOf(world, { source: world.source, ...more })

type Details = EvaluationDetails<FlagValue>
const ask: Record<
  string,
  (client: OpenFeatureClient, key: string, wanted: never, context?: EvaluationContext) => Promise<Details>
> = {
  Boolean: (client, key, wanted, context) => client.getBooleanDetails(key, wanted, context),
  String: (client, key, wanted, context) => client.getStringDetails(key, wanted, context),
  Integer: (client, key, wanted, context) => client.getNumberDetails(key, wanted, context),
  Float: (client, key, wanted, context) => client.getNumberDetails(key, wanted, context),
  Object: (client, key, wanted, context) => client.getObjectDetails(key, wanted, context),
}

const TEMPLATE = { showImages: true, title: 'Check out these pics!', imagesPerPage: 100 }

describe('the evaluation suite of OpenFeature', () => {
  let client: OpenFeatureClient
  let close: () => Promise<void>

  beforeAll(async () => {
    const made = clientIn(await suite())
    const name = domain()
    await OpenFeature.setProviderAndWait(name, ensignProvider(made.client))
    client = OpenFeature.getClient(name)
    close = made.client.close
    return close
  })

  it.each([
    ['Boolean', 'boolean-flag', false, true, 'on'],
    ['String', 'string-flag', 'bye', 'hi', 'greeting'],
    ['Integer', 'integer-flag', 1, 10, 'ten'],
    ['Float', 'float-flag', 0.1, 0.5, 'half'],
    ['Object', 'object-flag', {}, TEMPLATE, 'template'],
    ['Boolean', 'boolean-zero-flag', true, false, 'zero'],
    ['String', 'string-zero-flag', 'hi', '', 'zero'],
    ['Integer', 'integer-zero-flag', 1, 0, 'zero'],
    ['Float', 'float-zero-flag', 0.1, 0, 'zero'],
    ['Object', 'object-zero-flag', { a: 1 }, {}, 'zero'],
  ])('resolves: %s %s', async (type, key, wanted, value, variant) => {
    const details = await ask[type]!(client, key, wanted as never)
    expect(details).toMatchObject({ flagKey: key, value, variant, reason: 'STATIC' })
    expect(details.errorCode).toBeUndefined()
  })

  const targeted = [
    ['Boolean', 'boolean-targeted-zero-flag', true, false],
    ['String', 'string-targeted-zero-flag', 'hi', ''],
    ['Integer', 'integer-targeted-zero-flag', 1, 0],
    ['Float', 'float-targeted-zero-flag', 0.1, 0],
    ['Object', 'object-targeted-zero-flag', { a: 1 }, {}],
  ] as const

  it.each(targeted)('targeting: %s %s', async (type, key, wanted, value) => {
    const reasonFor = async (context?: EvaluationContext) => {
      const details = await ask[type]!(client, key, wanted as never, context)
      expect(details.value).toEqual(value)
      return details.reason
    }
    expect(await reasonFor({ email: 'ballmer@macrosoft.com' })).toBe('TARGETING_MATCH')
    expect(await reasonFor({ email: 'ballmer@none.com' })).toBe('DEFAULT')
    expect(await reasonFor({})).toBe('DEFAULT')
    expect(await reasonFor()).toBe('DEFAULT')
    expect(await reasonFor({ email: null } as never)).toBe('DEFAULT')
  })

  it('resolves by several attributes', async () => {
    const context = { email: 'ballmer@macrosoft.com', role: 'admin', age: 65, customer: false }
    const details = await client.getStringDetails('context-aware', 'false', context)
    expect(details).toMatchObject({ value: 'INTERNAL', reason: 'TARGETING_MATCH' })
    expect(await client.getStringValue('context-aware', 'EXTERNAL', {})).toBe('EXTERNAL')
    expect(
      await client.getStringValue('context-aware', 'EXTERNAL', {
        fn: 'Sulisław',
        ln: 'Świętopełk',
        age: 29,
        customer: false,
      }),
    ).toBe('INTERNAL')
  })

  it.each([
    ['Boolean', false],
    ['String', 'bye'],
    ['Integer', 1],
    ['Float', 0.1],
    ['Object', { a: 1 }],
  ])('flag not found: %s', async (type, wanted) => {
    const details = await ask[type]!(client, 'non-existent-flag', wanted as never)
    expect(details).toMatchObject({ value: wanted, reason: 'ERROR', errorCode: ErrorCode.FLAG_NOT_FOUND })
    expect(details.errorMessage).toContain('flag non-existent-flag not found')
  })

  it.each([
    ['String', 'boolean-flag', 'bye'],
    ['Boolean', 'string-flag', false],
    ['Integer', 'string-flag', 1],
    ['Object', 'string-flag', {}],
    ['Integer', 'boolean-flag', 1],
    ['Float', 'boolean-flag', 0.1],
    ['Integer', 'wrong-flag', 13],
  ])('type mismatch: %s of %s', async (type, key, wanted) => {
    const details = await ask[type]!(client, key, wanted as never)
    expect(details).toMatchObject({ value: wanted, reason: 'ERROR', errorCode: ErrorCode.TYPE_MISMATCH })
  })

  it.each([
    ['Boolean', 'boolean-disabled-flag', false],
    ['String', 'string-disabled-flag', 'bye'],
  ])('disabled: %s', async (type, key, wanted) => {
    expect(await ask[type]!(client, key, wanted as never)).toMatchObject({ value: wanted, reason: 'DISABLED' })
  })

  it('gives the metadata of flag and release, and leaves the context alone', async () => {
    const context = Object.freeze({ targetingKey: 'u-1', nested: Object.freeze({ a: 1 }) })
    const details = await client.getBooleanDetails('metadata-flag', true, context)
    expect(details.flagMetadata).toMatchObject({ string: '1.0.2', integer: 2, float: 0.1, boolean: true })
    expect(details.flagMetadata).toMatchObject({ flagSetId: 'shop/production', version: '2', release: 2, logIndex: 1 })
    expect(details.flagMetadata.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(Object.isFrozen(details.flagMetadata)).toBe(true)
    expect(context).toEqual({ targetingKey: 'u-1', nested: { a: 1 } })
  })

  it('runs the hooks of an evaluation in order', async () => {
    const order: string[] = []
    await client.getBooleanValue(
      'boolean-flag',
      false,
      {},
      {
        hooks: [
          { before: () => void order.push('before 1'), after: () => void order.push('after 1') },
          { before: () => void order.push('before 2'), after: () => void order.push('after 2') },
        ],
      },
    )
    expect(order).toEqual(['before 1', 'before 2', 'after 2', 'after 1'])
  })
})

describe('the provider', () => {
  afterEach(cleanUp)
  const splitFlag = {
    on: true,
    type: 'boolean',
    variants: [
      ['on', true],
      ['off', false],
    ],
    off: 1,
    salt: 's',
    rules: [],
    otherwise: { split: { by: 'accountId', salt: 's', arms: [[0, 100_000, 0]], rest: 1 } },
  } as const

  it('says that it is not ready before there are rules, fails without them, and mends', async () => {
    const world = await suite()
    let away = true
    const { client } = clientOf(world, {
      source: { get: (path, options) => (away ? Promise.reject(new Error('away')) : world.source.get(path, options)) },
    })
    const name = domain()
    const seen: string[] = []
    const openFeature = OpenFeature.getClient(name)
    openFeature.addHandler(ProviderEvents.Error, () => void seen.push('error'))
    openFeature.addHandler(ProviderEvents.Ready, () => void seen.push('ready'))
    const waiting = OpenFeature.setProviderAndWait(name, ensignProvider(client, { readyTimeout: 200 }))
    expect(openFeature.providerStatus).toBe(ProviderStatus.NOT_READY)
    expect(await openFeature.getBooleanDetails('boolean-flag', false)).toMatchObject({
      value: false,
      errorCode: ErrorCode.PROVIDER_NOT_READY,
    })
    await expect(waiting).rejects.toThrow(/no verified rules/)
    expect(openFeature.providerStatus).toBe(ProviderStatus.ERROR)
    away = false
    await client.refresh()
    await until(() => openFeature.providerStatus === ProviderStatus.READY)
    expect(await openFeature.getBooleanValue('boolean-flag', false)).toBe(true)
    expect(seen).toEqual(['error', 'ready'])
  })

  it('is fatal where the application pins a bad root', async () => {
    const world = await suite()
    const bytes = new TextDecoder().decode(world.roots[0]!.bytes)
    const forged = bytes.replace(/"signature":"[^"]{4}/, '"signature":"AAAA')
    const name = domain()
    const made = (() => {
      try {
        return clientIn(world, { root: forged }).client
      } catch (error) {
        return error as Error
      }
    })()
    if (made instanceof Error) throw made
    await expect(OpenFeature.setProviderAndWait(name, ensignProvider(made, { readyTimeout: 500 }))).rejects.toThrow()
    const openFeature = OpenFeature.getClient(name)
    expect(openFeature.providerStatus).toBe(ProviderStatus.FATAL)
    expect(await openFeature.getBooleanDetails('boolean-flag', true)).toMatchObject({
      value: true,
      errorCode: ErrorCode.PROVIDER_FATAL,
    })
  })

  it('tells changed flags, staleness and recovery', async () => {
    const world = await suite()
    const { client } = clientIn(world)
    const name = domain()
    await OpenFeature.setProviderAndWait(name, ensignProvider(client))
    const openFeature = OpenFeature.getClient(name)
    const changed: unknown[] = []
    const seen: string[] = []
    openFeature.addHandler(ProviderEvents.ConfigurationChanged, event => void changed.push(event?.flagsChanged))
    openFeature.addHandler(ProviderEvents.Stale, () => void seen.push('stale'))
    world.wait()
    await world.release('production', { flags: { ...SUITE_FLAGS, 'boolean-flag': splitFlag } })
    await client.refresh()
    await until(() => changed.length > 0)
    expect(changed).toEqual([['boolean-flag']])
    world.wait(8 * 24 * 3600_000)
    await client.refresh()
    await until(() => openFeature.providerStatus === ProviderStatus.STALE)
    expect(seen).toEqual(['stale'])
    expect((await openFeature.getBooleanDetails('string-flag', false)).flagMetadata.stale).toBe(true)
    expect(await openFeature.getStringValue('string-flag', 'bye')).toBe('hi')
    await world.head()
    await client.refresh()
    await until(() => openFeature.providerStatus === ProviderStatus.READY)
  })

  it('fills the unit from the targeting key, and keeps several domains apart', async () => {
    const world = await worldWith()
    await world.release('production', { flags: { split: splitFlag } })
    const one = domain()
    const two = domain()
    await OpenFeature.setProviderAndWait(one, ensignProvider(clientIn(world).client, { unit: 'accountId' }))
    await OpenFeature.setProviderAndWait(two, ensignProvider(clientIn(await suite()).client))
    const split = OpenFeature.getClient(one)
    expect(await split.getBooleanDetails('split', false, { targetingKey: 'a-1' })).toMatchObject({
      value: true,
      reason: 'SPLIT',
    })
    expect(await split.getBooleanDetails('split', false, { accountId: 'a-2' })).toMatchObject({
      value: true,
      reason: 'SPLIT',
    })
    expect(await split.getBooleanDetails('split', false, {})).toMatchObject({ value: false, reason: 'DEFAULT' })
    expect(await OpenFeature.getClient(two).getStringValue('string-flag', '')).toBe('hi')
    expect((await split.getStringDetails('string-flag', '')).errorCode).toBe(ErrorCode.FLAG_NOT_FOUND)
  })

  it('has a word of OpenFeature for every reason, and its own beside it', async () => {
    const world = await worldWith()
    const plain = { ...splitFlag, otherwise: { serve: 0 } } as const
    await world.release('production', {
      flags: {
        stopped: plain,
        reader: { ...plain, requires: [{ flag: 'stopped', is: ['on'] }] },
        off: { ...plain, on: false },
        unmet: { ...plain, requires: [{ flag: 'off', is: ['on'] }] },
        adrift: { ...plain, rules: [{ id: 'r', when: { segment: 'nowhere' }, then: { serve: 0 } }] },
        malformed: { ...plain, variants: 'none' },
        ruled: { ...plain, rules: [{ id: 'staff', when: { attr: 'role', eq: 'staff' }, then: { serve: 1 } }] },
      },
    } as never)
    await world.stop('production', { flags: ['stopped'] })
    const name = domain()
    await OpenFeature.setProviderAndWait(name, ensignProvider(clientIn(world).client))
    const told = async (key: string, context = {}) => {
      const { value, reason, errorCode, flagMetadata } = await OpenFeature.getClient(name).getBooleanDetails(
        key,
        true,
        context,
      )
      return [value, reason, errorCode, flagMetadata.reason, flagMetadata.code ?? flagMetadata.rule ?? flagMetadata.via]
    }
    expect(await told('stopped')).toEqual([false, 'DISABLED', undefined, 'STOPPED', undefined])
    expect(await told('reader')).toEqual([false, 'DISABLED', undefined, 'STOPPED', 'stopped'])
    expect(await told('off')).toEqual([false, 'DISABLED', undefined, 'DISABLED', undefined])
    expect(await told('unmet')).toEqual([false, 'DEFAULT', undefined, 'PREREQUISITE', 'off'])
    expect(await told('adrift')).toEqual([true, 'ERROR', ErrorCode.GENERAL, 'ERROR', 'segment_missing'])
    expect(await told('malformed')).toEqual([true, 'ERROR', ErrorCode.PARSE_ERROR, 'ERROR', 'malformed'])
    expect(await told('ruled', { role: 'staff' })).toEqual([
      false,
      'TARGETING_MATCH',
      undefined,
      'TARGETING_MATCH',
      'staff',
    ])
  })

  it('hands tracking to the local callback, and closes the client with the provider', async () => {
    const world = await suite()
    const { client } = clientIn(world)
    const name = domain()
    const tracked: unknown[] = []
    await OpenFeature.setProviderAndWait(
      name,
      ensignProvider(client, { track: (...event) => void tracked.push(event) }),
    )
    OpenFeature.getClient(name).track('checkout', { targetingKey: 'u-1' }, { value: 3 })
    expect(tracked).toEqual([['checkout', { targetingKey: 'u-1' }, { value: 3 }]])
    await OpenFeature.setProviderAndWait(name, ensignProvider(clientIn(world).client))
    await until(() => client.provenance().status === 'closed')
  })
})
