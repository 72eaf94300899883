// A process that may open no more files.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMountNamespaces, hasTool, hasUserNamespaces, runInpod } from '../cli/inpod.ts'
import { type Server, startServer } from '../cli/server.ts'
import { openWatch } from '../server/open-watch.ts'
import { podManifest, runs, scratch } from './scratch.ts'

const hasPrlimit = hasTool('prlimit') && (hasMountNamespaces || hasUserNamespaces)
const limited = (files: number) => ['prlimit', `--nofile=${files}:${files}`, '--']
const place = scratch()
afterAll(place.remove)
const pod = place.write('pod.yaml', podManifest)

/** As few as the command itself can be loaded with. */
async function fewest(): Promise<number> {
  for (let files = 18; ; files++) if ((await runInpod(['--version'], { through: limited(files) })).code === 0) return files
}

describe.skipIf(!hasPrlimit)('a program that cannot be run for want of file handles (needs prlimit, namespaces)', () => {
  test.each(runs(pod))('%s: says so, and leaves nothing', { timeout: 120_000 }, async (_name, args) => {
    const codes: unknown[] = []
    const least = await fewest()
    for (const files of [0, 2, 5, 7, 10, 14, 30].map((more) => least + more)) {
      const { code, out, err } = await runInpod([...args, '--', 'echo', 'ran'], { through: limited(files), env: place.env })
      codes.push(code)
      expect(err, `${files} files`).not.toMatch(/^ {4}at |internal error/m)
      if (code === 0) expect(out).toContain('ran')
      else expect({ code, err }, `${files} files`).toEqual({ code: 1, err: expect.stringContaining('EMFILE') })
      await expect.poll(place.left, { timeout: 10_000 }).toEqual([])
    }
    expect(codes[0]).toBe(1)
    expect(codes.at(-1)).toBe(0)
  })
})

const cpuTicks = ({ pid }: Server) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Connections that say nothing, as many as the server takes. */
async function occupy({ port }: Server, count: number): Promise<{ sockets: Socket[]; refused(): number }> {
  let closed = 0
  const sockets = Array.from({ length: count }, () =>
    connect(Number(port), '127.0.0.1')
      .on('error', () => {})
      .on('close', () => closed++)
      .resume(),
  )
  await expect.poll(() => closed, { timeout: 20_000 }).toBeGreaterThan(0)
  return { sockets, refused: () => closed }
}

test.skipIf(!hasTool('prlimit'))(
  'connections that there are no handles for are closed, the others go on, and later ones are served (needs prlimit)',
  { timeout: 120_000 },
  async () => {
    const server = await startServer([], { through: limited(60), env: place.env })
    const configMaps = '/api/v1/namespaces/default/configmaps'
    await using watch = await openWatch(server.target, `${configMaps}?watch=1&resourceVersion=0`)
    expect(await watch.next()).toMatchObject({ type: 'ADDED' })
    const { sockets } = await occupy(server, 200)
    const before = cpuTicks(server)
    await sleep(2_000)
    // A loop that accepts nothing would take all 200.
    expect(cpuTicks(server) - before).toBeLessThan(100)
    const free = () => sockets.find((socket) => !socket.destroyed && socket.readyState === 'open')?.destroy()
    free()
    const made = async (name: string) => (await asked(server, 'POST', configMaps, { metadata: { name } })).status
    // What its kinds are described in cannot be read yet: our failure, not the body's.
    expect(await made('early')).toBe(500)
    expect(await upgrade(server, `${configMaps}?watch=1`)).not.toBe(101)
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => made('late'), { timeout: 20_000 }).toBe(201)
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'late' } } })
    expect(await upgrade(server, `${configMaps}?watch=1`)).toBe(101)
    expect(await server.end()).toMatchObject({ code: 143 })
    await expect.poll(place.left).toEqual([])
  },
)

/** Again where the connection is closed, as long as others are in the way. */
async function asked(server: Server, method: string, path: string, body: object) {
  for (let tries = 0; ; tries++) {
    try {
      return await server.ask(method, path, body)
    } catch (error) {
      if (tries === 50) throw error
      await sleep(100)
    }
  }
}

/** The status of an upgrade to a WebSocket; undefined for a connection that is closed. */
function upgrade({ target }: Server, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      origin: 'http://localhost',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      authorization: `Bearer ${target.adminToken}`,
    }
    const asking = request(new URL(path, target.url), { ca: target.caCertificate, headers, agent: false })
    asking.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy()
      resolve(statusCode)
    })
    asking.on('response', ({ statusCode, socket }) => {
      socket.destroy()
      resolve(statusCode)
    })
    asking.on('error', () => resolve(undefined)).end()
  })
}
