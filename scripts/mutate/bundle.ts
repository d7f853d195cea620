import { resolve } from 'node:path'
import { context, type Plugin } from 'esbuild'

/** Builds the checks together with the sources, of which one can be replaced. */
interface Bundler {
  build(file?: string, text?: string): Promise<string>
  end(): Promise<void>
}

export async function createBundler(): Promise<Bundler> {
  let replaced: { file: string; text: string } | undefined
  const replace: Plugin = {
    name: 'replace',
    setup(setup) {
      setup.onResolve({ filter: /^vitest$/ }, () => ({ path: resolve(import.meta.dirname, 'mutate/vitest.ts') }))
      setup.onLoad({ filter: /src.rules.*\.ts$/ }, ({ path }) =>
        replaced?.file === path ? { contents: replaced.text, loader: 'ts' } : undefined,
      )
    },
  }
  const building = await context({
    entryPoints: [resolve(import.meta.dirname, 'mutate/checks.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    // Test files are imported for what they do.
    ignoreAnnotations: true,
    logLevel: 'silent',
    plugins: [replace],
  })
  return {
    async build(file, text) {
      replaced = file === undefined ? undefined : { file, text: text! }
      const { outputFiles } = await building.rebuild()
      return outputFiles[0]!.text
    },
    end: () => building.dispose(),
  }
}
