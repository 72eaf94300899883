// Records the audit events of a real API server for the requests of test/server/audit-cases.ts:
//   node scripts/run.mjs scripts/oracle/record-audit.ts --server URL --ca FILE --token TOKEN --audit-log FILE
// The token must be a cluster-admin's; the server must write its audit log there, everything at the level Metadata.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type AuditCase, auditNamespace, comparable, playAuditCases } from '../../test/server/audit-cases.ts'
import { createKubeClient } from './kube-client.ts'

const names = ['server', 'ca', 'token', 'audit-log'] as const
const { values: flags } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) })
if (names.some((name) => flags[name] === undefined)) {
  console.error('record-audit: --server, --ca, --token and --audit-log are needed (see the head of this file)')
  process.exit(2)
}
const [server, ca, token, log] = names.map((name) => String(flags[name])) as [string, string, string, string]
const admin = createKubeClient(server, token, ca)

function send({ method, path, headers }: AuditCase, body: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, server), { method, headers, ca: readFileSync(ca), agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const namespace = `/api/v1/namespaces/${auditNamespace}`
try {
  await admin.send('POST', '/api/v1/namespaces', { metadata: { name: auditNamespace } })
  await admin.send('POST', `${namespace}/serviceaccounts`, { metadata: { name: 'app' } })
  const path = `${namespace}/serviceaccounts/app/token`
  const issued = await admin.send('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
  const before = statSync(log).size
  await playAuditCases({ admin: token, account: issued.body.status.token }, send)
  const lines = readFileSync(log).subarray(before).toString().split('\n')
  const events = lines.filter((line) => line.includes('"userAgent":"audit-cases"')).map((line) => JSON.parse(line))
  const told = events.filter(({ stage }) => stage !== 'RequestReceived').map(comparable)
  const file = join(import.meta.dirname, '..', '..', 'test', 'server', 'audit-cases.json')
  writeFileSync(file, `[\n${told.map((event) => JSON.stringify(event)).join(',\n')}\n]\n`)
  console.log(`${told.length} events`)
} finally {
  await admin.send('DELETE', namespace)
}
