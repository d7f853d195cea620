// Express: a middleware that gives each request its own view of the flags.
import { readFileSync } from 'node:fs'
import { createClient } from 'ensign-flags'
import express from 'express'

const flags = createClient({
  url: process.env.ENSIGN_URL ?? 'https://flags.example.com',
  project: 'shop',
  environment: 'production',
  root: readFileSync('root.json'), // deployed with the service: here belief begins
})
flags.on('status', ({ status, code }) => console.warn(`flags: ${status} ${code ?? ''}`))

const withFlags = (request, _response, next) => {
  request.flags = flags.for({ userId: request.get('x-user') })
  next()
}

const app = express()
app.use(withFlags)
app.get('/checkout', ({ flags: { isEnabled, release } }, response) => {
  response.json({ page: isEnabled('new-checkout') ? 'one page' : 'classic', release: release?.version ?? null })
})

await flags.ready({ timeout: 5000 })
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})
process.once('SIGTERM', () => server.close(() => flags.close()))
