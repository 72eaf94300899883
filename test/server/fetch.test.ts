import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'

const admin = ({ adminToken }: Emulator) => ({ authorization: `Bearer ${adminToken}` })
const configMaps = '/api/v1/namespaces/default/configmaps'

async function* events(response: Response) {
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) yield JSON.parse(line)
  }
}

test('a watch is a stream, which a signal ends', async () => {
  await using emulator = await startEmulator()
  const controller = new AbortController()
  const response = await emulator.fetch(`${configMaps}?watch=true`, { headers: admin(emulator), signal: controller.signal })
  const seen = events(response)
  expect((await seen.next()).value.object.metadata.name).toBe('kube-root-ca.crt')
  const made = await emulator.fetch(configMaps, {
    method: 'POST',
    headers: { ...admin(emulator), 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'a' } }),
  })
  expect(made.status).toBe(201)
  expect((await seen.next()).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } })
  controller.abort()
  await expect(seen.next()).rejects.toThrow('aborted')
})

test('closing the emulator ends open watches', async () => {
  const emulator = await startEmulator()
  const response = await emulator.fetch(`${configMaps}?watch=true`, { headers: admin(emulator) })
  const seen = events(response)
  await seen.next()
  await emulator.close()
  expect((await seen.next()).done).toBe(true)
})

test('a request that was aborted before is not sent', async () => {
  await using emulator = await startEmulator()
  const signal = AbortSignal.abort()
  await expect(emulator.fetch('/version', { signal })).rejects.toThrow('aborted')
})

test('a Request will do, of whatever origin', async () => {
  await using emulator = await startEmulator()
  const request = new Request('https://kubernetes.default.svc/api/v1/namespaces/default', { headers: admin(emulator) })
  expect(await (await emulator.fetch(request)).json()).toMatchObject({ kind: 'Namespace' })
})

test('redirects are followed', async () => {
  await using emulator = await startEmulator()
  const response = await emulator.fetch('/openapi/v3/apis?hash=old', { headers: admin(emulator) })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ openapi: '3.0.0' })
})

test('who sends no credentials is anonymous, and a Pod is its account', async () => {
  await using emulator = await startEmulator()
  const anonymous = await emulator.fetch('/api/v1/nodes')
  expect(await anonymous.text()).toContain('User \\"system:anonymous\\"')
  const pod = await emulator.fetch('/api/v1/nodes', { headers: { authorization: `Bearer ${emulator.pod.files.token}` } })
  expect(await pod.text()).toContain('User \\"system:serviceaccount:default:default\\"')
})
