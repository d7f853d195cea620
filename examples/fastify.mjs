// A Fastify service: one client for the process, and one view for each request, so that a request sees one release.
import { readFileSync } from 'node:fs'
import { createClient } from 'ensign-flags'
import Fastify from 'fastify'

const flags = createClient({
  url: process.env.ENSIGN_URL ?? 'https://flags.example.com',
  project: 'shop',
  environment: 'production',
  root: readFileSync('root.json'), // deployed with the service: here belief begins
})

const app = Fastify()
app.decorateRequest('flags', null)
app.addHook('onRequest', async request => {
  request.flags = flags.for({ userId: String(request.headers['x-user'] ?? '') })
})
app.addHook('onClose', () => flags.close())

app.get('/checkout', async request => ({
  page: request.flags.isEnabled('new-checkout') ? 'one page' : 'classic',
  release: request.flags.release?.version ?? null,
}))
// Fallbacks are served until rules have been verified; a service that must not start on them answers 503 here.
app.get('/readyz', async (_request, reply) => {
  const { status, inForce } = flags.provenance()
  return reply.code(inForce === null ? 503 : 200).send({ status })
})

const { ok, code } = await flags.ready({ timeout: 5000 })
if (!ok) console.warn(`no verified rules yet: ${code}`)
console.log(await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }))
process.once('SIGTERM', () => app.close())
