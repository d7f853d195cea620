import type { Reference } from '../../trust/types.ts'

/** The layout of a store below `v1/{project}/`: the paths of a `Source`. */
export const projectPath = (project: string, path: string) => `v1/${project}/${path}`
export const rootPath = (version: number) => `roots/${version}.json`
export const policyPath = (digest: string) => `policies/${digest}.json`
export const headPath = (environment: string) => `${environment}/head.json`
export const bundlePath = (environment: string) => `${environment}/bundle.ndjson`
export const partPath = (environment: string, digest: string) => `${environment}/parts/${digest}.json`
export const manifestPath = (environment: string, digest: string) => `${environment}/manifests/${digest}.json`
export const releasePath = (environment: string, { version, digest }: Reference) =>
  `${environment}/releases/${version}-${digest}.json`
export const stopPath = (environment: string, { version, digest }: Reference) =>
  `${environment}/stops/${version}-${digest}.json`
export const eventPath = (environment: string, digest: string) => `${environment}/events/${digest}.json`
export const duePath = (environment: string) => `${environment}/due.json`
export const logPath = (environment: string, epoch: number, path: string) => `${environment}/log/${epoch}/${path}`
