import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { TIMEOUT } from './command.ts'
import type { Runtime } from './runtimes.ts'
import type { Report } from './suite.ts'

const PAGE = '<!doctype html><title>suite</title>'

/** A page on 127.0.0.1, which counts as a secure context, without eval: `script-src` allows the suite's file alone. */
export async function runBrowser(runtime: Runtime, folder: string): Promise<Report> {
  const suite = await readFile(join(folder, 'suite.mjs'))
  const server = createServer((request, response) => {
    const isSuite = request.url === '/suite.mjs'
    response.setHeader('content-type', isSuite ? 'text/javascript' : 'text/html')
    response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'")
    response.end(isSuite ? suite : PAGE)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const context = await chromium.launchPersistentContext(join(folder, 'chromium'), {
    executablePath: runtime.executable!,
    headless: true,
    args: [...runtime.args],
  })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(TIMEOUT)
    await page.goto(url)
    return (await page.evaluate("import('/suite.mjs').then(suite => suite.runSuite())")) as Report
  } finally {
    await context.close()
    server.close()
  }
}
