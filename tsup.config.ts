import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { rules: 'src/rules/index.ts', serve: 'src/serve.ts' },
  format: ['esm', 'cjs'],
  target: 'es2023',
  platform: 'neutral',
  dts: process.env.ENSIGN_NO_DTS === undefined,
  clean: true,
  splitting: true,
  sourcemap: false,
  treeshake: false,
})
