import { EnsignError } from '../../base/errors.ts'

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/** Paths may come from bytes that nobody signed; a segment never starts with a dot, so none leads out or is hidden. */
export function checkPath(path: string): string {
  if (path.length > 1_024 || !path.split('/').every(segment => SEGMENT.test(segment))) {
    throw new EnsignError('store_path', 'not a path of a store')
  }
  return path
}
