// Bun: bun run bun.mjs
import { createClient } from 'ensign-flags'

const flags = createClient({
  url: process.env.ENSIGN_URL ?? 'https://flags.example.com',
  project: 'shop',
  environment: 'production',
  root: await Bun.file('root.json').bytes(), // deployed with the service: here belief begins
})
await flags.ready({ timeout: 5000 })

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT ?? 3000),
  fetch({ headers }) {
    const view = flags.for({ userId: headers.get('x-user') ?? undefined })
    const page = view.isEnabled('new-checkout') ? 'one page' : 'classic'
    return Response.json({ page, release: view.release?.version ?? null })
  },
})
console.log(`http://127.0.0.1:${server.port}`)
process.once('SIGTERM', () => Promise.all([server.stop(), flags.close()]).then(() => process.exit(0)))
