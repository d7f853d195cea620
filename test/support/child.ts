import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

/** A TypeScript file as one script that a process of its own can run, and that a test may kill. */
export async function bundleScript(file: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ensign-child-'))
  const path = join(folder, 'child.mjs')
  await build({
    entryPoints: [file],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // Packages that are CommonJS inside the bundle still ask for require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}
