// Readers of watches that do not keep up.
import { type Emulator, startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { openWatch } from './open-watch.ts'

const path = '/api/v1/namespaces/default/configmaps'

async function write({ fetch, adminToken }: Emulator, method: string, name: string, value: string): Promise<number> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ metadata: { name }, data: { value } })
  const response = await fetch(method === 'POST' ? path : `${path}/${name}`, { method, headers, body })
  expect(response.ok).toBe(true)
  const { metadata } = (await response.json()) as { metadata: { resourceVersion: string } }
  return Number(metadata.resourceVersion)
}

const versionsUntilEnd = async (stream: Awaited<ReturnType<typeof openWatch>>) => {
  const versions: number[] = []
  for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
    expect(event.type).not.toBe('ERROR')
    versions.push(Number(event.object.metadata.resourceVersion))
  }
  return versions
}

test('a reader that stops is left behind, its stream ends without a gap or an error, and nothing is held for it', async () => {
  await using emulator = await startEmulator()
  const first = await write(emulator, 'POST', 'big', '')
  await using stopped = await openWatch(emulator, `${path}?watch=1&resourceVersion=${first}`)
  await using steady = await openWatch(emulator, `${path}?watch=1&resourceVersion=${first}`)
  const written: number[] = []
  const end = Date.now() + 2500
  // Far more than the buffers of a connection hold.
  while (written.length < 300 || Date.now() < end) {
    written.push(await write(emulator, 'PUT', 'big', 'x'.repeat(100_000) + written.length))
    expect(Number((await steady.next()).object.metadata.resourceVersion)).toBe(written.at(-1))
  }
  const seen = await versionsUntilEnd(stopped)
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.length).toBeLessThan(written.length - 100)
  expect(seen).toEqual(written.slice(0, seen.length))
})

test('a reader that is slow for a moment misses nothing of a burst, however large', async () => {
  await using emulator = await startEmulator()
  const first = await write(emulator, 'POST', 'big', '')
  await using watch = await openWatch(emulator, `${path}?watch=1&resourceVersion=${first}`)
  const written: number[] = []
  for (let i = 0; i < 150; i++) written.push(await write(emulator, 'PUT', 'big', 'x'.repeat(100_000) + i))
  for (const version of written) expect(Number((await watch.next()).object.metadata.resourceVersion)).toBe(version)
})

test('what exists is sent at the pace of its reader', async () => {
  await using emulator = await startEmulator()
  for (let i = 0; i < 120; i++) await write(emulator, 'POST', `big-${String(i).padStart(3, '0')}`, 'x'.repeat(100_000))
  await using watch = await openWatch(emulator, `${path}?watch=1&allowWatchBookmarks=true`)
  await write(emulator, 'POST', 'later', '')
  const names: string[] = []
  let bookmark = false
  for (let event = await watch.next(); event.object.metadata.name !== 'later'; event = await watch.next()) {
    if (event.type === 'ADDED') names.push(event.object.metadata.name)
    else bookmark = event.object.metadata.annotations['k8s.io/initial-events-end'] === 'true'
  }
  expect(names.filter((name) => name.startsWith('big-'))).toHaveLength(120)
  expect(names).toEqual([...names].sort())
  expect(bookmark).toBe(true)
})
