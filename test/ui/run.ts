/**
 * `npm run test:ui`: the page of `ensign serve` in Chromium, over a store that the real publisher made. Every view is
 * opened and photographed in light and dark, every check must pass, a store that was tampered with must be refused.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { listen } from '../../src/adapters/serve/listen.ts'
import { placesIn, readPages } from '../../src/adapters/serve/pages.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import { makeStore } from './store.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SHOTS = join(ROOT, 'reports/ui')
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let passed = 0
let failed = 0
async function test(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    passed++
    console.log(`ok    ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL  ${name}\n${error instanceof Error ? error.stack : error}`)
  }
}

async function open(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
  width = 1100,
): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // The next root and a page's icon are asked for, and need not be there.
    const missing = /404/.test(message.text()) && /(?:roots\/2\.json|favicon\.ico)$/.test(message.location().url)
    if (message.type() === 'error' && !missing) complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('request', request => asked.add(new URL(request.url()).origin))
  await page.goto(url)
  return page
}

const complaints: string[] = []
const asked = new Set<string>()
const settled = (page: Page) =>
  page
    .locator('h2', { hasText: /^(?!Checking)/ })
    .first()
    .waitFor()
const text = async (page: Page) => (await page.locator('main').textContent()) ?? ''

if (!existsSync(CHROMIUM)) {
  console.log(`there is no browser at ${CHROMIUM}: install Debian's chromium, or say CHROMIUM=`)
  process.exit(1)
}
const folder = await mkdtemp(join(tmpdir(), 'ensign-ui-'))
await mkdir(SHOTS, { recursive: true })
await makeStore(folder)
const pages = await readPages(join(ROOT, 'dist/ui'), () => placesIn(folder))
const server = await listen({ store: folderStore(folder), port: 0, pages, recheckMs: 0 })
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS })
const at = (view: string) => `${server.url}/ui/#/shop/production/${view}`

try {
  await test('the start page offers what there is', async () => {
    const page = await open(browser, `${server.url}/ui/`)
    await page.getByRole('button', { name: 'shop / production' }).waitFor()
    await page.screenshot({ path: join(SHOTS, 'start.png') })
    await page.getByRole('button', { name: 'shop / production' }).click()
    await settled(page)
    assert.match(await text(page), /Checked, in this browser/)
  })
  await test('every check passes, and the first root is believed with a word', async () => {
    const page = await open(browser, at('checks'))
    await settled(page)
    await page.locator('.checks').waitFor()
    assert.equal(await page.locator('.checks li.passed').count(), 8, await text(page))
    assert.equal(await page.locator('.checks li.warning').count(), 1)
    assert.match(await text(page), /approved by bob/)
  })
  for (const scheme of ['light', 'dark'] as const) {
    for (const view of ['checks', 'flags', 'flags/checkout-v2', 'releases', 'releases/3', 'stops', 'log']) {
      await test(`${view}, ${scheme}`, async () => {
        const page = await open(browser, at(view), scheme)
        await settled(page)
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
        await page.waitForTimeout(300)
        await page.screenshot({ path: join(SHOTS, `${view.replaceAll('/', '-')}-${scheme}.png`), fullPage: true })
        assert.doesNotMatch(await text(page), /Refused/)
      })
    }
  }
  await test('a narrow screen does not scroll sideways', async () => {
    const page = await open(browser, at('flags/checkout-v2'), 'light', 360)
    await page.locator('.path').waitFor()
    await page.screenshot({ path: join(SHOTS, 'narrow.png'), fullPage: true })
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'))
  })
  await test('flags are found by typing, rollouts are said in words', async () => {
    const page = await open(browser, at('flags'))
    await page.getByLabel('Find').fill('check')
    await page.getByRole('link', { name: 'checkout-v2' }).click()
    await page.locator('.path').waitFor()
    const words = await text(page)
    assert.match(words, /one-page 25% by userId/)
    assert.match(words, /country in \[DE, AT, CH\]/)
    assert.match(words, /flag payments-core is on/)
  })
  await test('the difference of any two releases', async () => {
    const page = await open(browser, at('releases/3'))
    await page.getByLabel('From').selectOption('1')
    await page.getByRole('cell', { name: 'rollout' }).last().waitFor()
    assert.match(await text(page), /checkout-v2/)
    // It comes with the manifest, which is read beside the difference.
    await page.getByText('numbers are good').first().waitFor()
  })
  await test('the keyboard alone is enough', async () => {
    const page = await open(browser, at('checks'))
    await settled(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the content')
    for (let i = 0; i < 2; i++) await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Flags')
    await page.keyboard.press('Enter')
    await page.getByLabel('Find').waitFor()
    assert.equal(await page.evaluate('document.activeElement?.tagName'), 'MAIN')
    assert.equal(await page.locator('nav [aria-current=page]').textContent(), 'Flags')
  })
  await test('another root than the one that was carried here is refused', async () => {
    const page = await open(browser, `${server.url}/ui/`)
    await page.getByLabel('Digest of root 1').fill('0'.repeat(64))
    await page.getByRole('button', { name: 'shop / production' }).click()
    await page.locator('.checks li.refused').waitFor()
    assert.match(await text(page), /root_digest/)
    assert.equal(await page.locator('nav a').count(), 6)
  })
  await test('a changed rule is refused, and nothing of it is shown', async () => {
    const parts = join(folder, 'v1/shop/production/parts')
    const name = (await partsOf(parts))[0]!
    const good = await readFile(join(parts, name), 'utf8')
    await writeFile(join(parts, name), good.replace('"on":true', '"on":null'))
    // A server of its own: this one keeps immutable files in memory.
    const other = await listen({ store: folderStore(folder), port: 0, pages })
    const page = await open(browser, at('flags').replace(server.url, other.url))
    asked.delete(other.url)
    await page.locator('.checks li.refused').waitFor()
    await page.screenshot({ path: join(SHOTS, 'refused.png'), fullPage: true })
    assert.match(await text(page), /part_(digest|size)/)
    assert.doesNotMatch(await text(page), /checkout-v2/)
    await other.drain(100)
    asked.delete(other.url)
  })
  await test('nothing is asked of anybody else, and the browser has no complaint', async () => {
    assert.deepEqual([...asked], [new URL(server.url).origin])
    assert.deepEqual(complaints, [])
  })
} finally {
  await browser.close()
  await server.drain(500)
  await rm(folder, { recursive: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** Newest release's part with flags: the largest of the folder. */
async function partsOf(parts: string): Promise<string[]> {
  const files = await Promise.all(
    (await readdir(parts)).map(async file => ({ file, text: await readFile(join(parts, file), 'utf8') })),
  )
  return files
    .filter(one => one.text.includes('25000'))
    .sort((a, b) => b.text.length - a.text.length)
    .map(one => one.file)
}
