export { regex } from './rules/re2.ts'
export type { RegexEngine } from './rules/regex.ts'
