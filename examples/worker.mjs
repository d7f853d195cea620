// A Cloudflare Worker: the bundle is verified in the isolate and kept there; nobody is asked while a request waits.
// Bindings: ENSIGN_URL (the store), ROOT_DIGEST (of root 1), and FLOOR, the least release that counts.
import { openBundle } from 'ensign-flags/edge'

const EVERY_MS = 30_000
let bundle
let askedAt = Number.NEGATIVE_INFINITY

async function refresh(env) {
  askedAt = Date.now()
  const answer = await fetch(`${env.ENSIGN_URL}/v1/shop/production/bundle.ndjson`)
  if (!answer.ok) throw new Error(`the store answered ${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  // A newer bundle must extend the log that this isolate has seen; anything else is thrown, and the old one stays.
  bundle = await (bundle?.update(bytes) ??
    openBundle(bytes, {
      project: 'shop',
      environment: 'production',
      root: { version: 1, digest: env.ROOT_DIGEST },
      floor: { epoch: 1, release: Number(env.FLOOR) }, // a fresh isolate remembers nothing
    }))
}

export default {
  async fetch(request, env, context) {
    if (bundle === undefined) await refresh(env)
    else if (Date.now() - askedAt > EVERY_MS) {
      context.waitUntil(refresh(env).catch(error => console.warn(`flags: ${error.code}`)))
    }
    const flags = bundle.for({ userId: request.headers.get('x-user') ?? undefined })
    const page = flags.isEnabled('new-checkout') ? 'one page' : 'classic'
    return Response.json({ page, release: flags.release?.version ?? null })
  },
}
