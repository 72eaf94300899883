// Requests that no client of good will sends, and what a real API server was recorded to answer to them.
import { readFileSync } from 'node:fs'
import { startEmulator } from 'inpod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CaseServer, corpusFile, type HostileCase, playCase } from '../../scripts/fuzz/corpus.ts'

const cases: HostileCase[] = JSON.parse(readFileSync(corpusFile, 'utf8'))
let emulator: Awaited<ReturnType<typeof startEmulator>>
let server: CaseServer
beforeAll(async () => {
  emulator = await startEmulator()
  const { host, port, caCertificate: ca, adminToken: admin, pod } = emulator
  server = { host, port, ca, admin, pod: pod.files.token }
})
afterAll(() => emulator.close())

test.concurrent.each(cases)('$name', async (each) => {
  const { why: _, ...wanted } = each.ours ?? { why: '', ...each.answer! }
  expect(await playCase(server, each, 10_000, wanted)).toEqual(wanted)
})
