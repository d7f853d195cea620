import type { Current } from './current.ts'

/** What every statement of this environment must be of. */
export function bindingOf({ root, environment }: Pick<Current, 'root' | 'environment'>) {
  return { project: root.payload.project, environment: environment.name, genesis: root.genesis }
}
