import { RE2JS } from 're2js'
import type { RegexEngine } from './regex.ts'

/** RE2 in JavaScript. It weighs more than the rest together, so whoever needs `matches` passes it in. */
export const regex: RegexEngine = {
  compile(pattern) {
    const compiled = RE2JS.compile(pattern)
    return text => compiled.matcher(text).find()
  },
}
