const NULLS = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUES = new Set(['true', 'True', 'TRUE'])
const FALSES = new Set(['false', 'False', 'FALSE'])
const INTEGER = /^[-+]?[0-9]+$/
const OCTAL = /^0o[0-7]+$/
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const ODD_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/** What a plain scalar says in the core schema of YAML 1.2. */
export function plainScalar(source: string): null | boolean | number | string {
  if (source.length <= 5) {
    if (NULLS.has(source)) return null
    if (TRUES.has(source)) return true
    if (FALSES.has(source)) return false
  }
  const first = source.charCodeAt(0)
  // Numbers start with a digit, a sign or a dot.
  if (first > 0x39 || first < 0x2b) return source
  if (INTEGER.test(source)) return Number(source)
  if (OCTAL.test(source)) return Number.parseInt(source.slice(2), 8)
  if (HEXADECIMAL.test(source)) return Number.parseInt(source.slice(2), 16)
  if (FLOAT.test(source)) return Number(source)
  if (ODD_FLOAT.test(source)) {
    return source.endsWith('n') || source.endsWith('N') ? Number.NaN : source[0] === '-' ? -Infinity : Infinity
  }
  return source
}
