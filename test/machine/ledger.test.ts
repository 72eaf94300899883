// `--data`: killed at random moments in the midst of mixed writes, and with a file cut off anywhere, the state is that of some moment, and
// has all that was acknowledged up to there. More rounds: INPOD_LEDGER=50 npm test -- test/machine/ledger
import { randomInt } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { type Server, startServer } from '../cli/server.ts'

const rounds = Number(process.env['INPOD_LEDGER'] ?? 3)
const WRITERS = 4
const configMaps = '/api/v1/namespaces/default/configmaps'
const scratch = mkdtempSync(join(tmpdir(), 'test-ledger-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What was acknowledged: a name, what became of it, and a version at which it had. */
type Ledger = Array<{ version: number; name: string; text: string | undefined }>

/** Names that writes were under way to, which may have been stored or not, since each was last acknowledged. */
type Open = Map<string, Set<string | undefined>>

/** Writes until the server is gone: creates, updates, patches and deletes a few objects of its own. */
async function write(server: Server, id: string, ledger: Ledger, open: Open): Promise<void> {
  const present = new Map<string, number>()
  for (let i = 0; ; i++) {
    const name = `${id}-${randomInt(6)}`
    // Now and then enough for the file to be written anew.
    const text = `${i} ${'x'.repeat(randomInt(4) === 0 ? randomInt(60_000) : randomInt(200))}`
    const deletes = present.has(name) && randomInt(4) === 0
    const value = deletes ? undefined : text
    open.set(name, new Set([...(open.get(name) ?? []), value]))
    const body = { metadata: { name }, data: { text } }
    const { status, body: made } = deletes
      ? await server.ask('DELETE', `${configMaps}/${name}`)
      : present.has(name)
        ? await server.ask('PUT', `${configMaps}/${name}`, body)
        : await server.ask('POST', configMaps, body)
    expect(status).toBeLessThan(300)
    // A deletion has a version too, which its answer does not tell: it is the next that this writer hears of.
    if (deletes) present.delete(name)
    else present.set(name, Number(made.metadata.resourceVersion))
    const version = deletes ? await versionOf(server, name) : Number(made.metadata.resourceVersion)
    ledger.push({ version, name, text: value })
    open.delete(name)
  }
}

/** A version at which the name is gone. */
async function versionOf(server: Server, name: string): Promise<number> {
  const { body } = await server.ask('GET', `${configMaps}?fieldSelector=metadata.name%3D${name}`)
  expect(body.items).toEqual([])
  return Number(body.metadata.resourceVersion)
}

async function stateOf(server: Server): Promise<{ version: number; objects: Map<string, string> }> {
  const { body } = await server.ask('GET', configMaps)
  const items = body.items.filter(({ metadata }: { metadata: { name: string } }) => metadata.name.startsWith('w'))
  return {
    version: Number(body.metadata.resourceVersion),
    objects: new Map(items.map(({ metadata, data }: { metadata: { name: string }; data: { text: string } }) => [metadata.name, data.text])),
  }
}

/** What the ledger says of a version. A deletion's is that of a later list: it may have happened before. */
function check({ version, objects }: Awaited<ReturnType<typeof stateOf>>, ledger: Ledger, open: Open, isWhole: boolean): void {
  const expected = new Map<string, string | undefined>()
  const later = new Set<string>()
  for (const { version: at, name, text } of ledger.toSorted((a, b) => a.version - b.version)) {
    if (at <= version) expected.set(name, text)
    else later.add(name)
  }
  if (isWhole) expect(version).toBeGreaterThanOrEqual(Math.max(0, ...ledger.map((each) => each.version)))
  for (const name of new Set([...expected.keys(), ...objects.keys()])) {
    const allowed = [expected.get(name), ...(open.get(name) ?? [])]
    if (later.has(name)) allowed.push(undefined)
    expect(allowed, `${name} at version ${version}`).toContain(objects.get(name))
  }
}

/** A copy of the folder whose file of changes ends early, as it may after a loss of power; with pages that were never written, or not. */
function cutCopy(data: string, name: string): string {
  const copy = join(scratch, name)
  cpSync(data, copy, { recursive: true, filter: (path) => !path.includes('/lock') })
  const file = join(copy, 'objects.log')
  const size = statSync(file).size
  const header = readFileSync(file).indexOf(10) + 1
  // Not the state at the beginning, which was whole before the file had its name.
  const least = Math.max(header, size - 200_000)
  truncateSync(file, beginningOfChanges(file, least) + randomInt(Math.max(1, size - beginningOfChanges(file, least))))
  if (randomInt(2) === 0) {
    const rest = readFileSync(file)
    const page = Math.ceil(rest.length / 4096) * 4096
    writeFileSync(file, Buffer.concat([rest, Buffer.alloc(page - rest.length)]), { mode: 0o600 })
  }
  return copy
}

function beginningOfChanges(file: string, least: number): number {
  const text = readFileSync(file, 'latin1')
  const first = /\n[0-9a-f]{8} [0-9a-f]{8} \[\[/.exec(text)?.index
  return Math.max(least, first === undefined ? text.length - 1 : first + 1)
}

test('killed and cut off at random: the state is that of the last acknowledged write', { timeout: 60_000 + rounds * 30_000 }, async () => {
  const data = join(scratch, 'data')
  const ledger: Ledger = []
  const open: Open = new Map()
  let port = '0'
  for (let round = 0; round < rounds; round++) {
    const server = await startServer(['--data', data, '--port', port])
    // At another it would write where it is, and the version be another.
    ;({ port } = server)
    check(await stateOf(server), ledger, open, true)
    const writers = Array.from({ length: WRITERS }, (_, id) =>
      write(server, `w${round}-${id}`, ledger, open).catch((error: Error) => error),
    )
    const before = ledger.length
    await expect.poll(() => ledger.length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(before + 30 + randomInt(200))
    await sleep(randomInt(20))
    await server.end('SIGKILL')
    for (const error of await Promise.all(writers)) expect((error as Error).message).not.toMatch(/expected/)
    for (let cut = 0; cut < 3; cut++) {
      const copy = cutCopy(data, `cut-${round}-${cut}`)
      const cutServer = await startServer(['--data', copy, '--port', port])
      check(await stateOf(cutServer), ledger, open, false)
      await cutServer.end('SIGKILL')
      expect(existsSync(join(copy, 'objects.log'))).toBe(true)
      rmSync(copy, { recursive: true })
    }
  }
  const last = await startServer(['--data', data, '--port', port])
  check(await stateOf(last), ledger, open, true)
  await last.end()
})
