// Which rules of the manifests a program's requests needed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RuleCoverage, startEmulator } from 'inpod'
import { expect, onTestFinished, test } from 'vitest'

const manifests = `apiVersion: v1
kind: ServiceAccount
metadata: {name: demo, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- apiGroups: [""]
  resources: [pods, secrets]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: ["*"]
  verbs: ["*"]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [one, two]
  verbs: [get]
---
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: reader, namespace: default}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
  subjects: [{kind: ServiceAccount, name: demo}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: extra, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
  rules:
  - apiGroups: [example.com]
    resources: [things]
    verbs: [list]
  - nonResourceURLs: [/metrics, /stats/*]
    verbs: [get]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: view}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
  subjects: [{kind: ServiceAccount, name: demo, namespace: default}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: of-others}
  rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
`

const brief = ({ name, index, line, bound, used, unusedParts }: RuleCoverage) => [`${name} ${index}`, line, { bound, used, unusedParts }]

test('rules are used, in part or not, or another account’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rbac.yaml')
  writeFileSync(file, manifests)
  await using emulator = await startEmulator({ manifests: [file], pod: { serviceAccountName: 'demo' } })
  const paths = ['/api/v1/namespaces/default/pods', '/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1']
  for (const path of [...paths, '/api/v1/namespaces/default/configmaps/one', '/apis/example.com/v1/things', '/stats/a']) {
    const response = await emulator.fetch(path, { headers: { authorization: `Bearer ${emulator.pod.files.token}` } })
    expect(response.status, path).not.toBe(403)
    await response.body?.cancel()
  }
  const coverage = emulator.audit.ruleCoverage()
  expect(coverage[0]).toMatchObject({ kind: 'ClusterRole', file })
  expect(coverage.map(brief)).toEqual([
    ['extra 0', 32, { bound: true, used: true, unusedParts: {} }],
    ['extra 1', 35, { bound: true, used: true, unusedParts: { nonResourceURLs: ['/metrics'] } }],
    ['of-others 0', 46, { bound: false, used: false, unusedParts: {} }],
    ['reader 0', 9, { bound: true, used: true, unusedParts: { verbs: ['get'], resources: ['secrets'] } }],
    ['reader 1', 12, { bound: true, used: false, unusedParts: {} }],
    ['reader 2', 15, { bound: true, used: true, unusedParts: { resourceNames: ['two'] } }],
  ])
})
