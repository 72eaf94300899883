// Informers whose token expires while they run, and whose files have been replaced by then as the kubelet does it: they go on by themselves.
import { type Emulator, startEmulator } from 'inpod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../server/call.ts'
import { informersByLanguage, type RunningInformer, runInformer } from './informer.ts'
import { manifestsOf } from './pod.ts'
import { describeClient, prepareTogether } from './suite.ts'

/** Clients read the file again when a minute has passed, or after a 401. */
const limitSeconds = 200
const configMaps = '/api/v1/namespaces/team-a/configmaps'

let emulator: Emulator
const informers = new Map<string, RunningInformer>()

async function write(name: string, value: string): Promise<void> {
  const { status, body } = await call(emulator, 'POST', configMaps, { body: { metadata: { name }, data: { value } } })
  if (status !== 201) throw new Error(`${name}: ${JSON.stringify(body)}`)
}

async function happen(): Promise<void> {
  const all = [...informers.values()]
  await Promise.allSettled(all.map((informer) => informer.sees('ADDED soak-start 0')))
  const old = emulator.pod.files.token
  emulator.clock.advance('2h')
  const files = await emulator.pod.renewToken()
  for (const informer of all) informer.updateFiles(files)
  expect((await call(emulator, 'GET', configMaps, { token: old })).status).toBe(401)
  // Open watches would go on for as long as they are not cut off.
  emulator.disconnect()
  await write('soak-a', 'one')
  await Promise.allSettled(all.map((informer) => informer.sees('ADDED soak-a one')))
  await write('soak-end', '0')
}

// All at the same time: each mostly waits.
beforeAll(async () => {
  emulator = await startEmulator({ manifests: manifestsOf('allowed'), pod: { namespace: 'team-a', serviceAccountName: 'demo-sa' } })
  await write('soak-start', '0')
  const commands = await prepareTogether(Object.values(informersByLanguage))
  for (const [client, command] of commands) informers.set(client, runInformer(command, emulator.pod, limitSeconds))
  happen().catch(() => {})
}, 1_200_000)
afterAll(async () => {
  for (const informer of informers.values()) await informer[Symbol.asyncDispose]()
  await emulator.close()
})

for (const [language, client] of Object.entries(informersByLanguage)) {
  describeClient(client, () => {
    test(`an informer of ${language} goes on with the new token`, { timeout: limitSeconds * 1_000 + 60_000 }, async () => {
      const informer = informers.get(client)!
      await informer.sees('ADDED soak-end 0')
      expect(informer.seen()).toEqual(['ADDED soak-start 0', 'ADDED soak-a one', 'ADDED soak-end 0'])
    })
  })
}
