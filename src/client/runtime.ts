import { createClientOn, type Platform } from './client.ts'
import type { AnyTypes } from './typed.ts'
import type { Client, ClientOptions } from './types.ts'

/** What browsers, isolates and servers have alike. Looked up when it is needed: importing does nothing. */
export const webPlatform: Platform = {
  fetch: (url, init) => globalThis.fetch(url, init as RequestInit),
}

export function createClient<T extends object = AnyTypes>(options: ClientOptions<T>): Client<T> {
  return createClientOn(webPlatform, options)
}
