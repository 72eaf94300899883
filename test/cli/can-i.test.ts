import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../packages/emulator/src/cli/main.ts')
const manifests = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: team-a }
rules:
- { apiGroups: ["v1"], resources: [pods], verbs: [get, list] }
- { apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: demo, namespace: team-a }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: demo }]
`
const folder = mkdtempSync(join(tmpdir(), 'inpod-test-'))
const file = join(folder, 'rbac.yaml')
beforeAll(() => writeFileSync(file, manifests))
afterAll(() => rmSync(folder, { recursive: true }))

const inpod = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['--conditions=source', main, ...args], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
const asDemo = () => ['-f', file, '-n', 'team-a', '--service-account', 'demo']

test('can-i answers as kubectl does, by word and exit code', async () => {
  expect(await inpod('can-i', 'get', 'cm/settings', ...asDemo())).toEqual({ code: 0, out: 'yes\n', err: '' })
  expect(await inpod('can-i', ...asDemo(), 'get', 'configmaps', 'other')).toEqual({ code: 1, out: 'no\n', err: '' })
  const nodes = await inpod('can-i', 'list', 'nodes')
  expect(nodes).toEqual({ code: 1, out: 'no\n', err: "Warning: resource 'nodes' is not namespace scoped\n\n" })
  expect(await inpod('can-i', 'delete', 'nodes', '-A', '--as', 'root', '--as-group', 'system:masters')).toMatchObject({ code: 0 })
})

test('can-i --list prints the table of rules', async () => {
  const { code, out } = await inpod('can-i', '--list', ...asDemo())
  expect(code).toBe(0)
  expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toContain('configmaps  []  [settings]  [get]')
})

test('wrong use ends with 2', async () => {
  expect(await inpod('can-i')).toMatchObject({ code: 2, out: '' })
  expect(await inpod('can-i', 'list', 'pods', '--list')).toMatchObject({ code: 2 })
  expect(await inpod('explain-denial', 'list')).toMatchObject({ code: 2 })
})

test('explain-denial tells the mistake and the addition', async () => {
  const { code, out } = await inpod('explain-denial', 'list', 'pods', ...asDemo())
  expect(code).toBe(0)
  expect(out).toContain('Role "team-a/reader" has "v1" in apiGroups')
  expect(out).toContain('add this to rules of Role "team-a/reader":\n\n- apiGroups: [""]\n  resources: ["pods"]\n  verbs: ["list"]\n')
})

test('explain-denial reads the message of a 403', async () => {
  const message =
    'Error from server (Forbidden): pods "web" is forbidden: User "system:serviceaccount:team-a:demo" cannot get resource "pods/log" in API group "" in the namespace "team-a"'
  const { out } = await inpod('explain-denial', '-f', file, '--json', message)
  expect(JSON.parse(out)).toMatchObject({
    allowed: false,
    request: { verb: 'get', resource: 'pods', subresource: 'log', name: 'web', namespace: 'team-a' },
    mistakes: [{ code: 'api-group' }, { code: 'subresource' }],
  })
})
