import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, it } from 'vitest'
import type { Client, ClientOptions } from '../../src/index.node.ts'
import { clientMetrics, evaluationEvents } from '../../src/opentelemetry.ts'
import { cleanUp, clientOf, flagsOf } from '../client/support.ts'
import { createWorld } from '../support/world.ts'

afterEach(cleanUp)

const FLAGS = {
  ...flagsOf('plain'),
  title: {
    on: true,
    type: 'string',
    variants: [
      ['short', 'hi'],
      ['long', 'x'.repeat(300)],
    ],
    off: null,
    salt: 's',
    rules: [{ id: 'r', when: { attr: 'beta', eq: true }, then: { serve: 1 } }],
    otherwise: { serve: 0 },
  },
}

async function clientWith(options: Partial<ClientOptions>): Promise<{ client: Client; now: () => number }> {
  const world = await createWorld()
  await world.release('production', { flags: FLAGS })
  const { client } = clientOf(world, { source: world.source, ...options })
  await client.ready()
  return { client, now: () => world.now }
}

describe('evaluation events', () => {
  async function told(options: { values?: boolean; contextId?: boolean }, run: (client: Client) => void) {
    const exporter = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
    const observe = evaluationEvents(provider.getLogger('flags'), {
      project: 'shop',
      environment: 'production',
      ...options,
    })
    const { client } = await clientWith({ observe, observeUnit: 'userId' })
    run(client)
    return exporter.getFinishedLogRecords().map(record => ({ event: record.eventName, ...record.attributes }))
  }

  it('say what the conventions ask for', async () => {
    const records = await told({}, client => {
      client.isEnabled('plain', { userId: 'u-1' })
      client.value('title', { userId: 'u-1', beta: true }, '')
      client.value('none', {}, 1)
    })
    const common = {
      event: 'feature_flag.evaluation',
      'feature_flag.provider.name': 'ensign',
      'feature_flag.set.id': 'shop/production',
      'feature_flag.version': '1',
    }
    expect(records).toEqual([
      {
        ...common,
        'feature_flag.key': 'plain',
        'feature_flag.result.reason': 'static',
        'feature_flag.result.variant': 'on',
        'feature_flag.result.value': true,
      },
      {
        ...common,
        'feature_flag.key': 'title',
        'feature_flag.result.reason': 'targeting_match',
        'feature_flag.result.variant': 'long',
      },
      {
        ...common,
        'feature_flag.key': 'none',
        'feature_flag.result.reason': 'error',
        'error.type': 'flag_not_found',
        'feature_flag.error.message': 'flag_not_found',
      },
    ])
  })

  it('tell who was asked about, and values, only as they are asked to', async () => {
    const [record] = await told({ values: false, contextId: true }, client =>
      client.isEnabled('plain', { userId: 'u-1' }),
    )
    expect(record).toMatchObject({ 'feature_flag.context.id': 'u-1' })
    expect(record).not.toHaveProperty(['feature_flag.result.value'])
    const [quiet] = await told({}, client => client.isEnabled('plain', { userId: 'u-1' }))
    expect(JSON.stringify(quiet)).not.toContain('u-1')
  })
})

class Reader extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

describe('metrics', () => {
  it('count evaluations, and tell status, lag and release', async () => {
    const reader = new Reader()
    const meter = new MeterProvider({ readers: [reader] }).getMeter('flags')
    let now: () => number = () => 0
    const metrics = clientMetrics(meter, () => now())
    const made = await clientWith({ observe: metrics.observe })
    now = () => made.now() + 5_000
    let asked = 0
    const provenance = () => {
      asked += 1
      return made.client.provenance()
    }
    const end = metrics.watch({ provenance })
    made.client.isEnabled('plain')
    made.client.isEnabled('plain')
    const read = async () => {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
      return new Map(all.map(metric => [metric.descriptor.name, metric.dataPoints]))
    }
    const first = await read()
    expect(first.get('ensign.evaluations')).toMatchObject([
      {
        value: 2,
        attributes: { 'feature_flag.key': 'plain', 'feature_flag.result.variant': 'on', 'ensign.reason': 'static' },
      },
    ])
    const on = first.get('ensign.client.status')!.filter(point => point.value === 1)
    expect(on.map(point => point.attributes.status)).toEqual(['current'])
    expect(first.get('ensign.client.update_lag')).toMatchObject([{ value: 5 }])
    expect(first.get('ensign.client.release')).toMatchObject([{ value: 1 }])
    await made.client.close()
    const closed = (await read()).get('ensign.client.status')!.filter(point => point.value === 1)
    expect(closed.map(point => point.attributes.status)).toEqual(['closed'])
    end()
    const before = asked
    await read()
    expect(asked).toBe(before)
  })
})
