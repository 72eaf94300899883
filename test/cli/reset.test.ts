import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startEmulator } from 'inpod'
import { afterAll, expect, test } from 'vitest'
import { runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const configMaps = '/api/v1/namespaces/default/configmaps'

test('inpod reset puts objects and faults back while the server runs', { timeout: 120_000 }, async () => {
  const manifest = join(scratch.path, 'given.yaml')
  writeFileSync(manifest, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: given }\n')
  const faults = join(scratch.path, 'faults.yaml')
  writeFileSync(faults, 'faults:\n  - { id: once, match: { resource: secrets }, status: 503, count: 1 }\n')
  const running = startInpod(['start', '--json', '-f', manifest, '--faults', faults])
  const from = join(scratch.path, 'started.json')
  writeFileSync(from, await running.said(/^\{.*\}\n/))
  const { server, token } = JSON.parse(await running.said(/^\{.*\}\n/)) as { server: string; token: string }
  const call = (method: string, path: string, body?: object) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const asking = request(new URL(path, server), { method, headers, rejectUnauthorized: false, agent: false }, async (response) =>
        resolve({ status: response.statusCode!, body: await text(response) }),
      )
      asking.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
    })
  try {
    expect((await call('DELETE', `${configMaps}/given`)).status).toBe(200)
    expect((await call('POST', configMaps, { metadata: { name: 'made' } })).status).toBe(201)
    expect((await call('GET', '/api/v1/secrets')).status).toBe(503)
    expect((await call('GET', '/api/v1/secrets')).status).toBe(200)
    expect(await runInpod(['reset', '--from', from])).toMatchObject({ code: 0, out: '', err: '' })
    expect((await call('GET', `${configMaps}/given`)).status).toBe(200)
    expect((await call('GET', `${configMaps}/made`)).status).toBe(404)
    expect((await call('GET', '/api/v1/secrets')).status).toBe(503)
  } finally {
    running.child.kill('SIGTERM')
    await running.finished
  }
  expect(await runInpod(['reset', '--from', from])).toMatchObject({ code: 1, err: expect.stringContaining('are gone') })
  expect(await runInpod(['reset', 'now'])).toMatchObject({ code: 2 })
})

test('only the administrator may', async () => {
  await using emulator = await startEmulator()
  const ask = async (method: string, token: string) => {
    const response = await emulator.fetch('/inpod/v1/reset', { method, headers: { authorization: `Bearer ${token}` } })
    return response.status
  }
  expect(await ask('POST', emulator.pod.files.token)).toBe(403)
  expect(await ask('GET', emulator.adminToken)).toBe(405)
  expect(await ask('POST', emulator.adminToken)).toBe(200)
})
