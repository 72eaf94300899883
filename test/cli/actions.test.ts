// What a running emulator can be told to do as a whole: `inpod reset`, `inpod compact`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from 'inpod'
import { afterAll, expect, test } from 'vitest'
import { runInpod, scratchFolder } from './inpod.ts'
import { startServer } from './server.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const configMaps = '/api/v1/namespaces/default/configmaps'

/** A server, and how to tell it something. */
async function start(args: string[] = []) {
  const server = await startServer(args)
  const from = join(scratch.path, `started-${server.pid}.json`)
  writeFileSync(from, JSON.stringify(server.description))
  return { ...server, tell: (action: string) => runInpod([action, '--from', from]) }
}

test('inpod reset puts objects and faults back while the server runs', { timeout: 120_000 }, async () => {
  const manifest = join(scratch.path, 'given.yaml')
  writeFileSync(manifest, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: given }\n')
  const faults = join(scratch.path, 'faults.yaml')
  writeFileSync(faults, 'faults:\n  - { id: once, match: { resource: secrets }, status: 503, count: 1 }\n')
  const { ask, tell, end } = await start(['-f', manifest, '--faults', faults])
  expect((await ask('DELETE', `${configMaps}/given`)).status).toBe(200)
  expect((await ask('POST', configMaps, { metadata: { name: 'made' } })).status).toBe(201)
  expect((await ask('GET', '/api/v1/secrets')).status).toBe(503)
  expect((await ask('GET', '/api/v1/secrets')).status).toBe(200)
  expect(await tell('reset')).toMatchObject({ code: 0, out: '', err: '' })
  expect((await ask('GET', `${configMaps}/given`)).status).toBe(200)
  expect((await ask('GET', `${configMaps}/made`)).status).toBe(404)
  expect((await ask('GET', '/api/v1/secrets')).status).toBe(503)
  await end()
})

test('after inpod compact a watch goes on from now on only', { timeout: 120_000 }, async () => {
  const { ask, tell, end } = await start()
  const watch = async (version: string) => (await ask('GET', `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${version}`)).body
  const make = async (name: string) => (await ask('POST', configMaps, { metadata: { name } })).body.metadata.resourceVersion
  const first = await make('first')
  const last = await make('last')
  expect(await watch(first)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'last' } } })
  expect(await tell('compact')).toMatchObject({ code: 0, out: '', err: '' })
  expect(await watch(first)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
  expect(await watch(last)).toBe('')
  await end()
})

test.each(['reset', 'compact'])('inpod %s is for a server that runs, and takes no words', { timeout: 60_000 }, async (action) => {
  const { tell, end } = await start()
  await end()
  expect(await tell(action)).toMatchObject({ code: 1, err: expect.stringContaining('are gone') })
  expect(await runInpod([action, 'now'])).toMatchObject({ code: 2 })
})

test.each(['reset', 'compact'])('only the administrator may %s', async (action) => {
  await using emulator = await startEmulator()
  const ask = async (method: string, token: string) => {
    const response = await emulator.fetch(`/inpod/v1/${action}`, { method, headers: { authorization: `Bearer ${token}` } })
    return response.status
  }
  expect(await ask('POST', emulator.pod.files.token)).toBe(403)
  expect(await ask('GET', emulator.adminToken)).toBe(405)
  expect(await ask('POST', emulator.adminToken)).toBe(200)
})
