import { describe, expect, it } from 'vitest'
import { gather, gathering } from '../../src/base/gather.ts'

async function* pieces(...sizes: number[]) {
  for (const [n, size] of sizes.entries()) yield new Uint8Array(size).fill(n + 1)
}

describe('gathering', () => {
  it('gives all pieces in their order', async () => {
    expect([...(await gather(pieces(2, 0, 1, 3), 6))]).toEqual([1, 1, 3, 4, 4, 4])
    expect(await gather(pieces())).toEqual(new Uint8Array(0))
  })

  it('refuses what is more than may be, and says where', async () => {
    await expect(gather(pieces(2, 2), 3, 'parts/1.json')).rejects.toMatchObject({
      code: 'too_large',
      at: 'parts/1.json',
    })
  })

  it('leaves out the piece that is too much, and takes a million of one byte', () => {
    const body = gathering(1_000_000)
    const one = Uint8Array.of(7)
    for (let n = 0; n < 1_000_000; n++) body.add(one)
    expect(body.add(one)).toBe(false)
    expect(body.all()).toEqual(new Uint8Array(1_000_000).fill(7))
  })
})
