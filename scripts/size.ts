// npm run size: each entry as a user's bundler makes it, minified and gzipped. Over its budget is a failure.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ROOT = resolve(import.meta.dirname, '..')

/** Bytes, all dependencies but the peers included. `node` may import Node's own modules; the others run anywhere. */
const BUDGETS = [
  { entry: 'edge', source: 'src/edge.ts', platform: 'neutral', bytes: 26_300 },
  { entry: 'index', source: 'src/index.ts', platform: 'neutral', bytes: 42_300 },
  { entry: 'index.node', source: 'src/index.node.ts', platform: 'node', bytes: 90_300 },
  { entry: 'rules', source: 'src/rules/index.ts', platform: 'neutral', bytes: 15_600 },
  { entry: 'regex', source: 'src/regex.ts', platform: 'neutral', bytes: 47_000 },
  { entry: 'opentelemetry', source: 'src/opentelemetry.ts', platform: 'neutral', bytes: 2_000 },
  { entry: 'serve', source: 'src/serve.ts', platform: 'node', bytes: 15_000 },
  { entry: 'openfeature', source: 'src/openfeature.ts', platform: 'neutral', bytes: 2_100 },
  { entry: 'publisher', source: 'src/publisher.ts', platform: 'node', bytes: 112_000 },
  { entry: 'testing', source: 'src/testing.ts', platform: 'node', bytes: 160_000 },
] as const

const { exports, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
  peerDependencies: Record<string, string>
}
const PEERS = Object.keys(peerDependencies)

async function gzipped(source: string, platform: 'neutral' | 'node'): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, source)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform,
    mainFields: ['module', 'main'],
    target: 'es2023',
    external: PEERS.flatMap(name => [name, `${name}/*`]),
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

for (const { entry, source, platform, bytes } of BUDGETS) {
  const size = await gzipped(source, platform)
  console.log(`${entry.padEnd(16)}${String(size).padStart(7)} of ${bytes} bytes${size > bytes ? '  OVER' : ''}`)
  if (size > bytes) process.exitCode = 1
}

const budgeted = new Set<string>(BUDGETS.map(({ entry }) => entry))
for (const name of Object.keys(exports)) {
  const entry = name === '.' ? 'index' : name.slice('./'.length)
  if (entry === 'package.json' || budgeted.has(entry)) continue
  console.log(`${entry} has no budget`)
  process.exitCode = 1
}
