import { concat, fromUtf8, utf8 } from '../../../src/base/bytes.ts'
import type { Json } from '../../../src/base/json.ts'
import { openBundleFile, printBundleFile } from '../../../src/bundle/bundlefile.ts'
import { layoutParts } from '../../../src/bundle/parts.ts'
import { type Case, codeOf, same } from '../case.ts'

async function makeBundle() {
  const flags = Object.fromEntries(
    Array.from({ length: 400 }, (_, i): [string, Json] => [`flag-${i}`, 'x'.repeat(300)]),
  )
  const { index, parts } = await layoutParts(flags, {})
  const chunks: Uint8Array[] = []
  const bytesOf = async ({ digest }: { digest: string }) => parts.find(part => part.digest === digest)!.bytes
  for await (const chunk of printBundleFile(utf8('{"head":"x"}'), [utf8('r')], index, bytesOf)) chunks.push(chunk)
  return { bytes: concat(...chunks), parts }
}

export const bundleFileCases: readonly Case[] = [
  {
    name: 'bundle file: read back from a stream',
    async run() {
      const { bytes, parts } = await makeBundle()
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 1000) controller.enqueue(bytes.subarray(at, at + 1000))
          controller.close()
        },
      })
      const reader = stream.getReader()
      async function* chunks() {
        for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
      }
      const source = openBundleFile(chunks())
      same(fromUtf8((await source.get('x/head.json', { maxBytes: 100 }))!), '{"head":"x"}')
      for (const part of parts) {
        const found = await source.get(`x/parts/${part.digest}.json`, { maxBytes: part.size })
        same(fromUtf8(found!), fromUtf8(part.bytes))
      }
      await source.finish()
    },
  },
  {
    name: 'bundle file: a cut one is refused',
    async run() {
      const { bytes } = await makeBundle()
      same(await codeOf(() => openBundleFile(bytes.subarray(0, -1)).finish()), 'bundle_form')
    },
  },
]
