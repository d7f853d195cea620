import { defineConfig, type Options } from 'tsup'

const common: Options = {
  target: 'es2023',
  splitting: true,
  sourcemap: false,
  treeshake: false,
  clean: false,
  removeNodeProtocol: false,
}

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      node: 'src/index.node.ts',
      edge: 'src/edge.ts',
      regex: 'src/regex.ts',
      rules: 'src/rules/index.ts',
      serve: 'src/serve.ts',
      publisher: 'src/publisher.ts',
      openfeature: 'src/openfeature.ts',
      opentelemetry: 'src/opentelemetry.ts',
      testing: 'src/testing.ts',
    },
    format: ['esm', 'cjs'],
    platform: 'neutral',
    // Only entries for Node import it; one build for all, so that they share their modules.
    external: [/^node:/],
    dts: process.env.ENSIGN_NO_DTS === undefined,
  },
  { ...common, entry: { main: 'src/cli/bin.ts' }, outDir: 'dist/cli', format: ['esm'], platform: 'node' },
  // The page brings all that it needs: it loads nothing from elsewhere.
  {
    ...common,
    entry: { main: 'ui/main.ts' },
    outDir: 'dist/ui',
    publicDir: 'ui/static',
    format: ['esm'],
    platform: 'browser',
    noExternal: [/./],
    splitting: false,
    minify: true,
  },
])
