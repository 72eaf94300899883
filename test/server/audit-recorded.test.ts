// Events as a real API server was recorded to write them, field by field and in their order.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { startEmulator } from 'inpod'
import { expect, test } from 'vitest'
import { auditNamespace, comparable, playAuditCases } from './audit-cases.ts'

test('events are those of the real server', async () => {
  const recorded: { auditID: string; stage: string }[] = JSON.parse(readFileSync(join(import.meta.dirname, 'audit-cases.json'), 'utf8'))
  await using emulator = await startEmulator({
    manifests: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: auditNamespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app', namespace: auditNamespace } },
    ],
    pod: { namespace: auditNamespace, serviceAccountName: 'app' },
  })
  const { url, caCertificate, adminToken } = emulator
  await playAuditCases(
    { admin: adminToken, account: emulator.pod.files.token },
    ({ method, path, headers }, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(new URL(path, url), { method, headers, ca: caCertificate, agent: false }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve(Buffer.concat(chunks).toString()))
        })
        outgoing.on('error', reject)
        outgoing.end(body)
      }),
  )
  const ours = new Map(emulator.audit.events().map((event) => [`${event.auditID} ${event.stage}`, comparable(event)]))
  expect(recorded.length).toBeGreaterThan(50)
  for (const event of recorded) {
    const key = `${event.auditID} ${event.stage}`
    expect(ours.get(key), key).toEqual(event)
    // The same fields in the same order.
    expect(JSON.stringify(ours.get(key)), key).toBe(JSON.stringify(event))
    ours.delete(key)
  }
  expect([...ours.keys()]).toEqual([])
})
