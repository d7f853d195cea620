// What a name gives here goes before the same name of the entry for all runtimes: on Node, `createClient` knows more.

export { type FolderCacheOptions, folderCache } from './client/node/foldercache.ts'
export { folderSource } from './client/node/foldersource.ts'
export { createClient } from './client/node/runtime.ts'
export * from './index.ts'
