import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from 'inpod'
import { afterAll, expect, test } from 'vitest'
import { call } from '../server/call.ts'
import { runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const configMaps = '/api/v1/namespaces/default/configmaps'

test('after inpod compact a watch goes on from now on only', { timeout: 120_000 }, async () => {
  const running = startInpod(['start', '--json'])
  const from = join(scratch.path, 'started.json')
  const line = await running.said(/^\{.*\}\n/)
  writeFileSync(from, line)
  const { server, token, caFile } = JSON.parse(line) as { server: string; token: string; caFile: string }
  const emulator = { url: server, adminToken: token, caCertificate: readFileSync(caFile, 'utf8') }
  const watch = async (version: string) =>
    (await call(emulator, 'GET', `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${version}`)).body
  try {
    const made = await call(emulator, 'POST', configMaps, { body: { metadata: { name: 'first' } } })
    const { resourceVersion: first } = made.body.metadata
    const last = (await call(emulator, 'POST', configMaps, { body: { metadata: { name: 'last' } } })).body.metadata.resourceVersion
    expect(await watch(first)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'last' } } })
    expect(await runInpod(['compact', '--from', from])).toMatchObject({ code: 0, out: '', err: '' })
    expect(await watch(first)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
    expect(await watch(last)).toBe('')
  } finally {
    running.child.kill('SIGTERM')
    await running.finished
  }
  expect(await runInpod(['compact', '--from', from])).toMatchObject({ code: 1, err: expect.stringContaining('are gone') })
  expect(await runInpod(['compact', 'now'])).toMatchObject({ code: 2 })
})

test('only the administrator may', async () => {
  await using emulator = await startEmulator()
  const ask = async (method: string, token: string) => {
    const response = await emulator.fetch('/inpod/v1/compact', { method, headers: { authorization: `Bearer ${token}` } })
    return response.status
  }
  expect(await ask('POST', emulator.pod.files.token)).toBe(403)
  expect(await ask('GET', emulator.adminToken)).toBe(405)
  expect(await ask('POST', emulator.adminToken)).toBe(200)
})
