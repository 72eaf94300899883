// Clients whose API server is killed, and comes back with the same state at the same place: `inpod start --data DIR`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../cli/server.ts'
import { informersByLanguage, type Pod, type RunningInformer, runInformer } from './informer.ts'
import { manifestsOf } from './pod.ts'
import { describeClient, prepareTogether } from './suite.ts'

const data = mkdtempSync(join(tmpdir(), 'test-restart-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const limitSeconds = 150
const configMaps = '/api/v1/namespaces/team-a/configmaps'

interface Started {
  server: Server
  pod: Pod
  write(method: string, name: string, value?: string): Promise<void>
}

async function start(port: string): Promise<Started> {
  const files = manifestsOf('allowed').flatMap((file) => ['-f', file])
  const account = ['-n', 'team-a', '--service-account', 'demo-sa']
  const server = await startServer(['--data', data, '--port', port, ...files, ...account])
  const { podRoot, env } = server.description
  const read = (name: string) => readFileSync(join(podRoot, 'var/run/secrets/kubernetes.io/serviceaccount', name), 'utf8')
  return {
    server,
    pod: { env, unsetEnv: [], files: { token: read('token'), 'ca.crt': read('ca.crt'), namespace: read('namespace') } },
    async write(method, name, value) {
      const path = method === 'POST' ? configMaps : `${configMaps}/${name}`
      const { status, body } = await server.ask(method, path, value === undefined ? undefined : { metadata: { name }, data: { value } })
      if (status > 201) throw new Error(`${method} ${name}: ${JSON.stringify(body)}`)
    },
  }
}

const informers = new Map<string, RunningInformer>()
let finished: Promise<void>

/** What happens, with the server killed in the middle. */
async function happen(first: Started): Promise<void> {
  await Promise.allSettled([...informers.values()].map((informer) => informer.sees('ADDED soak-start 0')))
  await first.write('POST', 'soak-a', 'one')
  await first.write('PUT', 'soak-a', 'two')
  await first.server.end('SIGKILL')
  const second = await start(first.server.port)
  await second.write('POST', 'soak-b', 'three')
  await second.write('DELETE', 'soak-a')
  await second.write('POST', 'soak-end', '0')
  await Promise.allSettled([...informers.values()].map(({ exitCode }) => exitCode))
  await second.server.end()
}

// All at the same time: each mostly waits.
beforeAll(async () => {
  const commands = await prepareTogether(Object.values(informersByLanguage))
  const first = await start('0')
  await first.write('POST', 'soak-start', '0')
  for (const [client, command] of commands) informers.set(client, runInformer(command, first.pod, limitSeconds))
  finished = happen(first)
  finished.catch(() => {})
}, 1_200_000)
afterAll(async () => {
  for (const informer of informers.values()) await informer[Symbol.asyncDispose]()
})

for (const [language, client] of Object.entries(informersByLanguage)) {
  describeClient(client, () => {
    test(`an informer of ${language} sees what was written before and after`, { timeout: limitSeconds * 1_000 + 60_000 }, async () => {
      const informer = informers.get(client)!
      await informer.sees('ADDED soak-end 0')
      expect(await informer.exitCode).toBe(0)
      const seen = informer.seen()
      // Java lists again when it is cut off, and may miss what has come and gone.
      const missable = client === 'client-java-informer' ? /soak-a/ : /nothing/
      const expected = [
        'ADDED soak-start 0',
        'ADDED soak-a one',
        'MODIFIED soak-a two',
        'ADDED soak-b three',
        'DELETED soak-a',
        'ADDED soak-end 0',
      ]
      const without = (changes: string[]) => changes.filter((change) => !missable.test(change)).sort()
      expect(without(seen)).toEqual(without(expected))
      await finished
    })
  })
}
