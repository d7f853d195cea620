// OpenFeature: the application knows the standard interface, and Ensign stands behind it.
import { readFileSync } from 'node:fs'
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { createClient } from 'ensign-flags'
import { ensignProvider } from 'ensign-flags/openfeature'

const client = createClient({
  url: process.env.ENSIGN_URL ?? 'https://flags.example.com',
  project: 'shop',
  environment: 'production',
  root: readFileSync('root.json'),
})

OpenFeature.addHandler(ProviderEvents.Stale, ({ message }) => console.warn(`flags are stale: ${message}`))
await OpenFeature.setProviderAndWait(ensignProvider(client, { unit: 'userId' }))

const flags = OpenFeature.getClient()
const { value, variant, reason, flagMetadata } = await flags.getBooleanDetails('new-checkout', false, {
  targetingKey: 'u-ann', // becomes `userId`, which is what the rules ask for
})
console.log(JSON.stringify({ value, variant, reason, rule: flagMetadata.rule }))
await OpenFeature.close()
