/** Kleene's three values as small integers, so that verdicts cost no allocation. */
export type Tri = 0 | 1 | 2
export const FALSE = 0
export const TRUE = 1
export const UNKNOWN = 2

export function tri(verdict: boolean): Tri {
  return verdict ? TRUE : FALSE
}

export function not(verdict: Tri): Tri {
  return verdict === UNKNOWN ? UNKNOWN : verdict === TRUE ? FALSE : TRUE
}

/** A compiled condition. `now` is in whole seconds, clamped; 0 where no time condition is read. */
export type Test = (context: object, now: number) => Tri

export const NEVER: Test = () => FALSE
export const ALWAYS: Test = () => TRUE

/** False as soon as one is false, else unknown if one is unknown. */
export function all(tests: readonly Test[]): Test {
  const [a, b, c, d] = tests
  if (a === undefined) return ALWAYS
  if (b === undefined) return a
  if (c === undefined) return (context, now) => and(a(context, now), b, context, now)
  if (d === undefined) {
    return (context, now) => {
      const first = a(context, now)
      if (first === FALSE) return FALSE
      const second = b(context, now)
      if (second === FALSE) return FALSE
      const third = c(context, now)
      return third === FALSE ? FALSE : first === UNKNOWN || second === UNKNOWN ? UNKNOWN : third
    }
  }
  return (context, now) => {
    let verdict: Tri = TRUE
    for (let i = 0; i < tests.length; i++) {
      const one = tests[i]!(context, now)
      if (one === FALSE) return FALSE
      if (one === UNKNOWN) verdict = UNKNOWN
    }
    return verdict
  }
}

function and(first: Tri, second: Test, context: object, now: number): Tri {
  if (first === FALSE) return FALSE
  const verdict = second(context, now)
  return verdict === FALSE ? FALSE : first === UNKNOWN ? UNKNOWN : verdict
}

/** True as soon as one is true, else unknown if one is unknown. */
export function any(tests: readonly Test[]): Test {
  const [only] = tests
  if (only === undefined) return NEVER
  if (tests.length === 1) return only
  return (context, now) => {
    let verdict: Tri = FALSE
    for (let i = 0; i < tests.length; i++) {
      const one = tests[i]!(context, now)
      if (one === TRUE) return TRUE
      if (one === UNKNOWN) verdict = UNKNOWN
    }
    return verdict
  }
}
