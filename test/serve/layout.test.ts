import { describe, expect, it } from 'vitest'
import { routeOf } from '../../src/adapters/serve/layout.ts'

const DIGEST = 'a'.repeat(64)
const SERVED = [
  ['roots/1.json', 'root', true],
  [`policies/${DIGEST}.json`, 'policy', true],
  ['production/head.json', 'head', false],
  ['production/bundle.ndjson', 'bundle', false],
  [`production/parts/${DIGEST}.json`, 'part', true],
  [`production/manifests/${DIGEST}.json`, 'manifest', true],
  [`production/releases/12-${DIGEST}.json`, 'statement', true],
  [`production/stops/3-${DIGEST}.json`, 'statement', true],
  ['production/log/1/checkpoint', 'log', false],
  ['production/log/1/state.json', 'log', false],
  ['production/log/1/tile/0/000', 'tile', true],
  ['production/log/1/tile/0/x001/x234/067.p/12', 'tile', true],
  ['production/log/2/tile/entries/000.p/255', 'tile', true],
  // An environment may be called as a folder of the project is.
  ['roots/head.json', 'head', false],
] as const

const NOT_SERVED = [
  '/v1/shop/production/../head.json',
  '/v1/shop/production/%2e%2e/head.json',
  '/v1/shop/production/..%2fhead.json',
  '/v1/shop//production/head.json',
  '/v1/shop/production/head.json/',
  '/v1/shop/production/./head.json',
  '/v1/../etc/passwd',
  '/v1/shop/production/head.json%00',
  '/v1/shop/production/HEAD.JSON',
  '/v1/Shop/production/head.json',
  '/v1/shop/production\\head.json',
  '/v1/shop/production/head.json\n',
  '/v1/shop/roots/0.json',
  '/v1/shop/roots/01.json',
  `/v1/shop/production/parts/${DIGEST.toUpperCase()}.json`,
  `/v1/shop/production/parts/${DIGEST}`,
  '/v1/shop/production/log/1/tile/0/256.p/256',
  '/v1/shop/production/log/1/tile/0/0',
  '/v1/shop/production/log/0/checkpoint',
  '/v1/shop/production/constructor',
  '/v1/shop/production/__proto__',
  '/v1/shop/production',
  '/v1/shop',
  '/v1/',
  '/v2/shop/production/head.json',
  `/v1/${'a'.repeat(64)}/production/head.json`,
  `/v1/shop/production/${'a'.repeat(4000)}`,
]

describe('the layout', () => {
  it.each(SERVED)('%s is a %s', (path, kind, immutable) => {
    const { file } = routeOf(`/v1/shop/${path}`)!
    expect(file).toMatchObject({ kind, immutable, project: 'shop', path: `v1/shop/${path}` })
  })

  it.each(NOT_SERVED)('%j names nothing', path => {
    expect(routeOf(path)).toBeUndefined()
  })

  it('knows the stream and the three letter boxes', () => {
    expect(routeOf('/v1/shop/production/stream')?.stream).toMatchObject({ project: 'shop', environment: 'production' })
    for (const kind of ['stops', 'releases', 'events']) {
      expect(routeOf(`/v1/shop/production/${kind}`)?.post).toMatchObject({ kind, environment: 'production' })
    }
  })
})
