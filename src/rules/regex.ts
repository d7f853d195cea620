/** Compiles RE2 syntax to an unanchored search of linear time; throws where the pattern is none. */
export interface RegexEngine {
  compile(pattern: string): (text: string) => boolean
}
