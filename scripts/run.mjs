// node scripts/run.mjs FILE.ts [ARGS...]: runs a TypeScript script of this repository on every Node that we support.
import { rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = resolve(fileURLToPath(import.meta.url), '../..')
const [script, ...args] = process.argv.slice(2)
// Beside the sources, so that packages resolve and import.meta.dirname keeps its depth.
const folder = resolve(script, '..')
const outfile = join(folder, `.${basename(script, '.ts')}.${process.pid}.mjs`)
await build({
  entryPoints: [script],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'error',
  absWorkingDir: root,
})
process.argv = [process.argv[0], resolve(script), ...args]
process.on('exit', () => rmSync(outfile, { force: true }))
await import(pathToFileURL(outfile).href)
