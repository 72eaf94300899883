// Answers of many megabytes, which are written in slices.
import { once } from 'node:events'
import { connect } from 'node:http2'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'

const path = '/api/v1/namespaces/default/configmaps'
const value = 'x'.repeat(900_000)

/** An emulator in which a list takes some 9 MB. */
async function fill(): Promise<Emulator> {
  const emulator = await startEmulator()
  for (let index = 0; index < 10; index++)
    await emulator.fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ metadata: { name: `big-${index}` }, data: { value: `${index}${value}` } }),
    })
  return emulator
}

const headersFor = ({ adminToken }: Emulator) => ({ authorization: `Bearer ${adminToken}`, accept: 'application/json' })
const start = (emulator: Emulator) =>
  once(request(`${emulator.url}${path}`, { ca: emulator.caCertificate, headers: headersFor(emulator) }).end(), 'response')

test('a large answer arrives whole, over HTTP/1.1 and HTTP/2', async () => {
  await using emulator = await fill()
  const [overHttp1] = await start(emulator)
  const first = await text(overHttp1)
  expect(first.length).toBe(Number(overHttp1.headers['content-length']))
  const values = JSON.parse(first).items.map(({ data }: { data: Record<string, string> }) => data['value'])
  for (let index = 0; index < 10; index++) expect(values.includes(`${index}${value}`), `big-${index}`).toBe(true)
  const session = connect(emulator.url, { ca: emulator.caCertificate })
  expect((await text(session.request({ ':path': path, ...headersFor(emulator) }))) === first).toBe(true)
  session.destroy()
})

test('who stops reading, or goes away in the middle of it, keeps nobody else', async () => {
  await using emulator = await fill()
  const [stalled] = await start(emulator)
  stalled.pause()
  const [left] = await start(emulator)
  await once(left, 'readable')
  left.destroy()
  const session = connect(emulator.url, { ca: emulator.caCertificate })
  const reset = session.request({ ':path': path, ...headersFor(emulator) })
  await once(reset, 'data')
  reset.close(8)
  expect(JSON.parse(await text(session.request({ ':path': `${path}/big-3`, ...headersFor(emulator) }))).metadata.name).toBe('big-3')
  session.destroy()
  expect((await text(stalled)).length).toBe(Number(stalled.headers['content-length']))
})
