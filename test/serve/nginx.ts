import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const NGINX = ['/usr/sbin/nginx', 'nginx'].find(name => spawnSync(name, ['-v']).status === 0)
/** For the title of tests that need it. */
export const WITHOUT = NGINX === undefined ? ' (skipped: not installed: the package `nginx` of the system)' : ''

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

type Replace = readonly (readonly [from: string, to: string])[]

/** Starts it with a configuration as it is published, but for address, folders and TLS, which are those of the test. */
export function nginxes() {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-nginx-'))
  const running: ChildProcess[] = []
  return {
    folder,
    async start(published: string, replace: Replace): Promise<string> {
      const port = await freePort()
      const home = mkdtempSync(join(folder, 'home-'))
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map(name => `${name}_temp_path ${home}/${name};`)
        .join('\n')
      let config = published
      for (const [from, to] of [
        ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
        ['http {', `http { access_log off; ${temporary}`],
        ...replace,
      ] as const) {
        if (!config.includes(from)) throw new Error(`the configuration does not say "${from}"`)
        config = config.replaceAll(from, to)
      }
      const user = process.getuid?.() === 0 ? 'user root;' : ''
      const own = `${user} daemon off; pid ${home}/pid; error_log ${home}/error.log; worker_processes 1;\n`
      writeFileSync(join(home, 'nginx.conf'), own + config.replaceAll(/^\s*ssl_.*\n/gm, ''))
      const child = spawn(NGINX!, ['-p', home, '-e', join(home, 'error.log'), '-c', join(home, 'nginx.conf')])
      running.push(child)
      const url = `http://127.0.0.1:${port}`
      while ((await fetch(url).catch(() => undefined)) === undefined) {
        if (child.exitCode !== null) throw new Error(readFileSync(join(home, 'error.log'), 'utf8'))
      }
      return url
    },
    async close(): Promise<void> {
      for (const child of running) {
        const gone = new Promise(resolve => child.once('exit', resolve))
        child.kill('SIGTERM')
        await gone
      }
      rmSync(folder, { recursive: true })
    },
  }
}
