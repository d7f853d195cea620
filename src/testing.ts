export { type ContextBuilder, type ContextOptions, contexts } from './adapters/testing/contexts.ts'
export { type FakeFlags, type FakeOptions, type FakeValue, fakeFlags } from './adapters/testing/fake.ts'
export { type FilesOptions, flagsFromFiles } from './adapters/testing/files.ts'
export { type AfterEach, resetAfterEach } from './adapters/testing/reset.ts'
