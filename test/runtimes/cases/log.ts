import { fromHex, hex, utf8 } from '../../../src/base/bytes.ts'
import { append, EMPTY_TIP, tipRoot } from '../../../src/log/append.ts'
import { makeCheckpoint, verifyCheckpoint } from '../../../src/log/checkpoint.ts'
import {
  leafHash,
  proveConsistency,
  proveInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/log/merkle.ts'
import { hashesFrom, openTiles } from '../../../src/log/tiles.ts'
import { type Case, codeOf, same } from '../case.ts'

const SIZE = 700

function smallLog() {
  const entries = Array.from({ length: SIZE }, (_, i) => utf8(`entry ${i}`))
  const { tip, files } = append(EMPTY_TIP, entries)
  const stored = new Map(files.map(file => [file.path, file.bytes]))
  const tree = { size: SIZE, root: tipRoot(tip) }
  return { entries, tree, read: hashesFrom(openTiles(tree, async path => stored.get(path))) }
}

export const logCases: readonly Case[] = [
  {
    name: 'log: the published root of eight leaves',
    async run() {
      const entries = [
        '',
        '00',
        '10',
        '2021',
        '3031',
        '40414243',
        '5051525354555657',
        '606162636465666768696a6b6c6d6e6f',
      ]
      const root = rootOf(entries.map(entry => leafHash(fromHex(entry)!)))
      same(hex(root), '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
    },
  },
  {
    name: 'log: proofs from tiles',
    async run() {
      const { entries, tree, read } = smallLog()
      const old = rootOf(entries.slice(0, 300).map(leafHash))
      const consistency = await proveConsistency(300, SIZE, read)
      same(verifyConsistency(300, SIZE, consistency, old, tree.root), true)
      same(verifyConsistency(301, SIZE, consistency, old, tree.root), false)
      const inclusion = await proveInclusion(SIZE - 1, SIZE, read)
      same(verifyInclusion(leafHash(entries[SIZE - 1]!), SIZE - 1, SIZE, inclusion, tree.root), true)
      same(verifyInclusion(leafHash(entries[0]!), SIZE - 1, SIZE, inclusion, tree.root), false)
    },
  },
  {
    name: 'log: a checkpoint of this platform verifies, an altered one does not',
    async run() {
      const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as {
        publicKey: Parameters<typeof crypto.subtle.exportKey>[1]
        privateKey: Parameters<typeof crypto.subtle.sign>[1]
      }
      const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
      const sign = async (input: Uint8Array) =>
        new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, new Uint8Array(input)))
      const origin = 'flags.example.com/shop/production/1'
      const note = await makeCheckpoint({ origin, size: SIZE, root: smallLog().tree.root }, publicKey, sign)
      same((await verifyCheckpoint(utf8(note), { name: origin, publicKey })).size, SIZE)
      const altered = utf8(note.replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`))
      same(await codeOf(() => verifyCheckpoint(altered, { name: origin, publicKey })), 'checkpoint_signature')
    },
  },
]
