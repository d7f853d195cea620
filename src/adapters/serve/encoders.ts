import { type Encoders, webEncoders } from './forms.ts'

type Zlib = typeof import('node:zlib')

/** Brotli and gzip of Node, Deno or Bun where there are any, else the web's gzip. No import, so bundlers for isolates see nothing. */
export function runtimeEncoders(): Encoders {
  const runtime = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
  const zlib = runtime?.getBuiltinModule?.('node:zlib') as Zlib | undefined
  if (typeof zlib?.brotliCompress !== 'function') return webEncoders
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
  const settle = (start: (done: (error: Error | null, bytes: Uint8Array) => void) => void) =>
    new Promise<Uint8Array>((resolve, reject) => start((error, bytes) => (error ? reject(error) : resolve(bytes))))
  return {
    gzip: bytes => settle(done => zlib.gzip(bytes, { level: bytes.length > LARGE ? 6 : 9 }, done)),
    // Quality 11 takes seconds for a megabyte and saves little over 5 on JSON.
    br: bytes =>
      settle(done => {
        const quality = bytes.length > LARGE ? 5 : 9
        zlib.brotliCompress(
          bytes,
          { params: { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_SIZE_HINT]: bytes.length } },
          done,
        )
      }),
  }
}

const LARGE = 256 * 1024
