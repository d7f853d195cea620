import { createClientOn, type Platform } from '../client.ts'
import { webPlatform } from '../runtime.ts'
import type { AnyTypes } from '../typed.ts'
import type { Client, ClientOptions } from '../types.ts'
import { streamFetch } from './streamfetch.ts'

const nodePlatform: Platform = {
  ...webPlatform,
  streamFetch,
  loadRegex: async () => (await import('../../rules/re2.ts')).regex,
}

export function createClient<T extends object = AnyTypes>(options: ClientOptions<T>): Client<T> {
  return createClientOn(nodePlatform, options)
}
