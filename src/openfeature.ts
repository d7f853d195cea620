export { ensignProvider, type ProviderClient, type ProviderOptions } from './adapters/openfeature/provider.ts'
