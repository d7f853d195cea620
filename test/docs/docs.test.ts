import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, Page, ROOT } from './blocks.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
    .sort(),
]

describe.each(pages)('%s', name => {
  const text = readFileSync(join(ROOT, name), 'utf8')
  const blocks = blocksOf(text)

  it('links to files that exist', () => {
    const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`]*`/g, '')
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1]!)
    const missing = links.filter(
      link =>
        !/^[a-z]+:/.test(link) && !link.startsWith('#') && !existsSync(join(ROOT, dirname(name), link.split('#')[0]!)),
    )
    expect(missing).toEqual([])
  })

  if (blocks.length > 0) {
    const page = new Page(name)
    afterAll(() => page.close())
    for (const [index, block] of blocks.entries()) {
      it(
        `line ${block.line}: ${block.language} ${block.words.get('file') ?? block.text.split('\n')[0]}`,
        () => page.run(block, index),
        70_000,
      )
    }
  }
})
