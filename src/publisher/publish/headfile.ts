import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json } from '../../base/json.ts'
import { MAX_HEAD_FILE } from '../../base/limits.ts'
import type { HeadFile } from '../../bundle/types.ts'

export function printHeadFile(file: HeadFile): Uint8Array<ArrayBuffer> {
  const bytes = canonicalBytes(file as unknown as Json)
  if (bytes.length > MAX_HEAD_FILE) {
    throw new EnsignError('too_large', 'head.json would be too large', {
      cure: 'Publish a release that clears stops: they are what fills it.',
    })
  }
  return bytes
}
