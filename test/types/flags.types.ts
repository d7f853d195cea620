/**
 * Read by the type checker alone, through `test/types/types.test.ts`: every line below `@ts-expect-error` must not
 * compile, and everything else must.
 */
import type { Client, Flags, FlagTypes } from '../../src/index.ts'

/** As `ensign types` prints it. */
export interface AppFlags {
  flags: {
    'new-checkout': { value: boolean; variant: 'on' | 'off' }
    'page-size': { value: number; variant: 'small' | 'large' }
    theme: { value: { readonly color: string }; variant: 'plain' | 'loud' }
  }
  context: { userId?: string; country?: 'NL' | 'BE'; 'app.version'?: string }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <T extends true>(_value?: T): void => undefined

export function typed(flags: Client<AppFlags>): void {
  const enabled = flags.isEnabled('new-checkout', { userId: 'u', country: 'NL' }, true)
  same<Equal<typeof enabled, boolean>>()
  const size = flags.value('page-size', {}, 20)
  same<Equal<typeof size, number>>()
  const maybe = flags.value('page-size')
  same<Equal<typeof maybe, number | undefined>>()
  const theme = flags.value('theme', undefined, { color: 'red' })
  same<Equal<typeof theme, { readonly color: string }>>()
  const variant = flags.variant('theme')
  same<Equal<typeof variant, 'plain' | 'loud' | undefined>>()
  const view = flags.for({ userId: 'u' })
  same<Equal<ReturnType<typeof view.isEnabled>, boolean>>()
  const inView = view.value('page-size', 5)
  same<Equal<typeof inView, number>>()
  const why = flags.explain('page-size', {}, 5)
  same<Equal<typeof why.value, number>>()
  same<Equal<typeof why.variant, 'small' | 'large' | undefined>>()
  flags.evaluateAll({}, { keys: ['theme'] })

  // @ts-expect-error a key that no workspace file has
  flags.isEnabled('new-chekout')
  // @ts-expect-error a fallback of another type
  flags.value('page-size', {}, '20')
  // @ts-expect-error a fallback of another shape
  flags.value('theme', {}, { colour: 'red' })
  // @ts-expect-error an attribute that no workspace file has
  flags.isEnabled('new-checkout', { userID: 'u' })
  // @ts-expect-error an attribute of another type
  flags.isEnabled('new-checkout', { userId: 7 })
  // @ts-expect-error a value that the attribute never has
  flags.value('page-size', { country: 'FR' }, 1)
  // @ts-expect-error a variant that the flag does not have
  same<Equal<typeof variant, 'plain' | 'quiet' | undefined>>()
  // @ts-expect-error compared with a variant that the flag does not have
  if (flags.variant('theme') === 'quiet') return
  // @ts-expect-error the same in what `explain` says
  if (why.variant === 'tiny') return
  // @ts-expect-error an attribute of another type, in a view
  flags.for({ country: 31 })
  // @ts-expect-error a fallback of another type, in a view
  view.value('page-size', 'five')
  // @ts-expect-error a fallback of isEnabled is a boolean
  flags.isEnabled('new-checkout', {}, 'yes')
  // @ts-expect-error a key that no workspace file has
  view.value('page-sise', 5)
  // @ts-expect-error a key that no workspace file has
  flags.evaluateAll({}, { keys: ['them'] })
  // @ts-expect-error there is no such event
  flags.on('changed', () => undefined)
  // @ts-expect-error what was given out is read only
  flags.provenance().project = 'other'
}

export function untyped(flags: Client): void {
  const enabled = flags.isEnabled('whatever', { any: 'thing' })
  same<Equal<typeof enabled, boolean>>()
  // Literals widen: 20 stands for number.
  const size = flags.value('page-size', {}, 20)
  same<Equal<typeof size, number>>()
  const text = flags.value('theme', {}, 'plain')
  same<Equal<typeof text, string>>()
  const yes = flags.value('theme', {}, true)
  same<Equal<typeof yes, boolean>>()
  // What takes any `Flags` takes a client.
  const plain: Flags = flags
  plain.isEnabled('a')
  // @ts-expect-error a context is an object
  flags.isEnabled('a', 'u-1')
  // @ts-expect-error a key is text
  flags.isEnabled(7)
}

/** The plain form. */
export type Values = { 'new-checkout': boolean; 'page-size': number; theme: 'plain' | 'loud' }

export function plain(flags: Client<Values>): void {
  const size = flags.value('page-size', { any: 'thing' }, 20)
  same<Equal<typeof size, number>>()
  flags.isEnabled('new-checkout')
  // @ts-expect-error a key that is not in the map
  flags.isEnabled('new-chekout')
  // @ts-expect-error a fallback of another type
  flags.value('page-size', {}, 'twenty')
  // @ts-expect-error a value that the flag never has
  flags.value('theme', {}, 'quiet')
}

export async function living(flags: Client<AppFlags>): Promise<void> {
  const ready = await flags.ready({ timeout: 1_000 })
  same<Equal<typeof ready.status, 'starting' | 'current' | 'stale' | 'unverified' | 'closed'>>()
  using off = flags.on('change', ({ changed, release, source }) => `${changed.join()} ${release.version} ${source}`)
  off()
  await using closing = flags
  closing.transitions()
  const types: FlagTypes = { flags: {}, context: {} }
  same<Equal<typeof types.context, object>>()
  // @ts-expect-error milliseconds are a number
  await flags.ready({ timeout: '2s' })
}
