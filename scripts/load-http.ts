// npm run load:http -- --seconds 5
// Asks one server process for head.json over 64 kept connections: first 304, then 200, then 200 in brotli.
import { connect } from 'node:net'
import { mib, numberOption, startLoadServer } from './load-child.ts'
import type { Report } from './load-server.ts'

const seconds = numberOption('seconds', 5)
const connections = numberOption('connections', 64)
const PATH = '/v1/shop/production/head.json'

const server = await startLoadServer()
const tag = (await fetch(server.url + PATH, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag')!

/** One request at a time on each connection. Answers to one question are all of one length, so no answer is parsed twice. */
async function measure(headers: string): Promise<{ perSecond: number; cpu: number; status: string }> {
  const request = Buffer.from(`GET ${PATH} HTTP/1.1\r\nHost: load\r\n${headers}\r\n`)
  let count = 0
  let status = ''
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(request))
    let need = -1
    let have = 0
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      if (have === 0) {
        const end = chunk.indexOf('\r\n\r\n')
        const head = chunk.toString('latin1', 0, end)
        status ||= head.slice(9, 12)
        need = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      }
      have += chunk.length
      if (have < need) return
      have = 0
      count++
      socket.write(request)
    })
    return socket
  })
  await new Promise(resolve => setTimeout(resolve, 1_000))
  const before = await server.ask<Report>({ report: true })
  const startedAt = performance.now()
  count = 0
  await new Promise(resolve => setTimeout(resolve, seconds * 1_000))
  const elapsed = performance.now() - startedAt
  const answered = count
  const after = await server.ask<Report>({ report: true })
  for (const socket of sockets) socket.destroy()
  return { perSecond: answered / (elapsed / 1_000), cpu: (after.cpuMs - before.cpuMs) / elapsed, status }
}

const rows = [
  ['not modified', `Accept-Encoding: identity\r\nIf-None-Match: ${tag}\r\n`],
  ['whole head', ''],
  ['whole head, brotli', 'Accept-Encoding: br\r\n'],
] as const
for (const [name, headers] of rows) {
  const { perSecond, cpu, status } = await measure(headers)
  const rate = Math.round(perSecond).toLocaleString('en-US')
  const whole = Math.round(perSecond / cpu).toLocaleString('en-US')
  console.log(
    `${name.padEnd(20)} ${status}  ${rate.padStart(7)} requests/s, ${whole.padStart(7)} for each second of CPU`,
  )
}
const { rss } = await server.ask<Report>({ report: true })
console.log(`resident memory      ${mib(rss)}`)
await server.stop()
