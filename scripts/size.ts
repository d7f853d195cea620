// npm run size: each entry as a user's bundler makes it, minified and gzipped. Over its budget is a failure.
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ROOT = resolve(import.meta.dirname, '..')

/** Bytes, all dependencies included. `node` may import Node's own modules; the others run anywhere. */
const BUDGETS = [
  { entry: 'edge', source: 'src/edge.ts', platform: 'neutral', bytes: 29_000 },
  { entry: 'index', source: 'src/index.ts', platform: 'neutral', bytes: 42_300 },
  { entry: 'index.node', source: 'src/index.node.ts', platform: 'node', bytes: 91_000 },
  { entry: 'rules', source: 'src/rules/index.ts', platform: 'neutral', bytes: 15_200 },
  { entry: 'regex', source: 'src/regex.ts', platform: 'neutral', bytes: 47_000 },
  { entry: 'opentelemetry', source: 'src/opentelemetry.ts', platform: 'neutral', bytes: 2_000 },
  { entry: 'serve', source: 'src/serve.ts', platform: 'node', bytes: 13_000 },
] as const

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
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

for (const { entry, source, platform, bytes } of BUDGETS) {
  const size = await gzipped(source, platform)
  console.log(`${entry.padEnd(16)}${String(size).padStart(7)} of ${bytes} bytes${size > bytes ? '  OVER' : ''}`)
  if (size > bytes) process.exitCode = 1
}
