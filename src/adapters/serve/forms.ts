import { hex } from '../../base/bytes.ts'
import type { FileRoute } from './layout.ts'

export type Coding = 'identity' | 'gzip' | 'br'

/** Compressors that the runtime has. Each is called once for a file, never for a request. */
export type Encoders = { readonly [coding in Exclude<Coding, 'identity'>]?: (bytes: Uint8Array) => Promise<Uint8Array> }

/** Headers as a flat list of names and values, made once and shared by all answers. */
export type Headers = readonly string[]

export interface Form {
  readonly body: Uint8Array
  readonly etag: string
  readonly full: Headers
  readonly notModified: Headers
}

/** A file ready to be sent: every answer that it can give is prepared. */
export interface Item {
  readonly bytes: Uint8Array
  readonly digest: string
  readonly identity: Form
  readonly gzip: Form | undefined
  readonly br: Form | undefined
  readonly size: number
}

export interface FormOptions {
  readonly encoders: Encoders
  /** Answers depend on a token: no shared cache may keep them. */
  readonly guarded: boolean
}

const MIN_TO_ENCODE = 256
/** Above this a file is first sent as it is, and compressed beside. */
export const ENCODE_AT_ONCE = 64 * 1024

export async function makeItem(
  bytes: Uint8Array,
  route: FileRoute,
  options: FormOptions,
  encode: boolean,
): Promise<Item> {
  // A copy of what a store gave, which may be a view into a buffer that it uses again.
  const own = new Uint8Array(bytes)
  const digest = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', own)))
  const useful = encode && own.length >= MIN_TO_ENCODE && route.kind !== 'tile'
  const [gzip, br] = await Promise.all([
    useful ? smaller(options.encoders.gzip, own) : undefined,
    useful ? smaller(options.encoders.br, own) : undefined,
  ])
  const form = (body: Uint8Array, coding: Coding): Form => {
    // A strong validator names one sequence of bytes, so each coding has its own.
    const etag = `"${digest.slice(0, 32)}${coding === 'identity' ? '' : `-${coding}`}"`
    const cache = [
      'ETag',
      etag,
      'Cache-Control',
      cacheControl(route.immutable, options.guarded),
      'Vary',
      'Accept-Encoding',
    ]
    const full = [
      ...cache,
      'Content-Type',
      route.type,
      'Content-Length',
      String(body.length),
      'Accept-Ranges',
      'bytes',
      'X-Content-Type-Options',
      'nosniff',
    ]
    if (coding !== 'identity') full.push('Content-Encoding', coding)
    return { body, etag, full, notModified: cache }
  }
  return {
    bytes: own,
    digest,
    identity: form(own, 'identity'),
    gzip: gzip && form(gzip, 'gzip'),
    br: br && form(br, 'br'),
    size: own.length + (gzip?.length ?? 0) + (br?.length ?? 0),
  }
}

async function smaller(encode: Encoders['gzip'], bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const encoded = await encode?.(bytes)
  return encoded !== undefined && encoded.length < bytes.length ? encoded : undefined
}

function cacheControl(immutable: boolean, guarded: boolean): string {
  const who = guarded ? 'private' : 'public'
  // `no-cache` keeps a copy but asks each time: a CDN may hold the head, and may never answer for it.
  // `no-transform`: a proxy that recodes would break ETag and range.
  return immutable ? `${who}, max-age=31536000, immutable, no-transform` : `${who}, no-cache, no-transform`
}

/** gzip by the web's own CompressionStream, for runtimes without zlib. */
export const webEncoders: Encoders = {
  async gzip(bytes) {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream('gzip'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  },
}
