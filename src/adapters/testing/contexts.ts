import type { Context } from '../../rules/flags.ts'

export interface ContextBuilder {
  /** The same with these attributes too; the builder itself does not change. */
  with(attributes: Context): ContextBuilder
  build(): Context
  /** `count` contexts that differ in the unit: `u-0`, `u-1`, … A function gives each further attributes. */
  many(count: number, each?: (index: number) => Context): readonly Context[]
}

export interface ContextOptions {
  /** The attribute that holds the unit. */
  readonly unit?: string
}

/** Contexts for tests: frozen, with a unit, and no attribute that the test did not ask for. */
export function contexts(attributes: Context = {}, { unit = 'userId' }: ContextOptions = {}): ContextBuilder {
  const build = (more: Context): Context => Object.freeze({ [unit]: 'u-0', ...attributes, ...more })
  return {
    with: more => contexts({ ...attributes, ...more }, { unit }),
    build: () => build({}),
    many: (count, each = () => ({})) =>
      Array.from({ length: count }, (_, index) => build({ [unit]: `u-${index}`, ...each(index) })),
  }
}
