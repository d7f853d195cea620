import type { OpenOptions, VerifiedState } from '../../src/bundle/state.ts'
import type { createWorld, HeadChange, World, WorldOptions } from '../support/world.ts'

export type MakeWorld = (options?: Omit<WorldOptions, 'open'>) => ReturnType<typeof createWorld>

/** Something that is done to a client, and the code with which it is refused; `ok` must be accepted. */
export interface Attack {
  readonly id: string
  readonly expected: string
  /** Sets the world up; the answer is the client's last step, the one that is judged. */
  readonly stage: (make: MakeWorld) => Promise<() => Promise<VerifiedState>>
  /** What an accepted state must be like: undefined, or what is wrong with it. */
  readonly accepted?: (state: VerifiedState) => string | undefined
}

/** The first release, with one thing wrong with the head. */
export function withHead(
  id: string,
  expected: string,
  change: HeadChange | ((world: World) => HeadChange | Promise<HeadChange>),
  options: Partial<OpenOptions> = {},
): Attack {
  return {
    id,
    expected,
    stage: async make => {
      const world = await make()
      await world.release('production', { head: typeof change === 'function' ? await change(world) : change })
      return () => world.open(options)
    },
  }
}

/** A client that runs with one release; then something happens. `running` gives it the state, otherwise the memory. */
export function after(
  id: string,
  expected: string,
  happens: (world: World, before: VerifiedState) => Promise<Partial<OpenOptions> | undefined>,
  more: Partial<Pick<Attack, 'accepted'>> & { running?: boolean } = {},
): Attack {
  const { running, ...rest } = more
  return {
    id,
    expected,
    stage: async make => {
      const world = await make()
      await world.release()
      const before = await world.open()
      world.wait()
      const options = await happens(world, before)
      return () => world.open({ ...(running ? { previous: before } : { memory: before.memory }), ...options })
    },
    ...rest,
  }
}

/** A client without memory, in a world where something is wrong from the start. */
export function cold(
  id: string,
  expected: string,
  happens: (world: World) => Promise<Partial<OpenOptions> | undefined>,
  world: Parameters<MakeWorld>[0] = {},
  accepted?: Attack['accepted'],
): Attack {
  return {
    id,
    expected,
    stage: async make => {
      const made = await make(world)
      const options = await happens(made)
      return () => made.open({ ...options })
    },
    ...(accepted === undefined ? {} : { accepted }),
  }
}
