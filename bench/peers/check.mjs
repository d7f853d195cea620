// node peers/check.mjs NAME: the shares of "on", and a rough time for each call.
import { VARIANTS } from './work.mjs'

const peer = await import(`./${process.argv[2]}.mjs`)
const bench = await peer.open()
const contexts = Array.from({ length: 1024 }, (_, i) => ({
  userId: `user-${i}`,
  country: ['NL', 'BE', 'LU', 'DE', 'FR', 'US', 'GB', 'ES'][i % 8],
  plan: ['pro', 'free'][(i >> 3) % 2],
  appVersion: ['5.1.9', '5.2.0', '5.10.1', '6.0.0'][(i >> 4) % 4],
})).map(bench.context)
const shares = {}
for (const work of ['W1', 'W2', 'W3', 'W4']) {
  let on = 0
  for (const c of contexts) if ((await bench[work](c)) === true) on++
  shares[work] = on
}
const counts = Object.fromEntries(VARIANTS.map(v => [v, 0]))
for (const c of contexts) counts[await bench.W5(c)]++
console.log(peer.name, shares, counts, 'W6', await bench.W6(contexts[16]), await bench.W6(contexts[1]))
for (const work of ['W1', 'W2', 'W3', 'W4', 'W5']) {
  const rounds = peer.asynchronous ? 20 : 100
  const start = performance.now()
  for (let r = 0; r < rounds; r++) for (const c of contexts) peer.asynchronous ? await bench[work](c) : bench[work](c)
  shares[work] = Math.round(((performance.now() - start) * 1e6) / rounds / 1024)
}
console.log(shares)
if (bench.W7) {
  const load = bench.W7(10_000)
  const start = performance.now()
  await load()
  console.log('W7', performance.now() - start)
}
await bench.close()
process.exit(0)
