import { entriesFor, NO_FILES, type Planner } from './plan.ts'

/** The newest root stands in the log as soon as there is a state for it to judge. */
export const planRoot: Planner = async (_publisher, current) => {
  const { root, base, head } = current
  if (base.state === undefined || (head !== undefined && base.state.root.digest === root.digest)) return null
  return { entries: entriesFor(current, {}), statements: [], files: NO_FILES, notices: [] }
}
