// Deno: deno run --allow-net --allow-read=root.json --allow-env deno.mjs
import { createClient } from 'ensign-flags'

const flags = createClient({
  url: Deno.env.get('ENSIGN_URL') ?? 'https://flags.example.com',
  project: 'shop',
  environment: 'production',
  root: await Deno.readFile('root.json'), // deployed with the service: here belief begins
})
await flags.ready({ timeout: 5000 })

const onListen = ({ hostname, port }) => console.log(`http://${hostname}:${port}`)
const server = Deno.serve(
  { hostname: '127.0.0.1', port: Number(Deno.env.get('PORT') ?? 3000), onListen },
  ({ headers }) => {
    const view = flags.for({ userId: headers.get('x-user') ?? undefined })
    const page = view.isEnabled('new-checkout') ? 'one page' : 'classic'
    return Response.json({ page, release: view.release?.version ?? null })
  },
)
Deno.addSignalListener('SIGTERM', () => Promise.all([server.shutdown(), flags.close()]).then(() => Deno.exit(0)))
