import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadManifests, parseManifests } from './manifests.ts'
import { nearest } from './nearest.ts'

const folder = mkdtempSync(join(tmpdir(), 'test-manifests-'))
afterAll(() => rmSync(folder, { recursive: true }))
const names = async (...sources: Parameters<typeof loadManifests>[0]) =>
  (await loadManifests(sources)).map(({ object }) => `${object.kind}/${object.metadata.name}`)
const object = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } })

test('what others need comes first, the rest stays in order', async () => {
  const given = [
    object('Pod', 'b'),
    object('RoleBinding', 'x'),
    object('Service', 'a'),
    object('Role', 'x'),
    object('Namespace', 'n'),
    object('Pod', 'a'),
  ]
  expect(await names(...given)).toEqual(['Namespace/n', 'Role/x', 'RoleBinding/x', 'Pod/b', 'Service/a', 'Pod/a'])
})

test('folders are read as kubectl does: their own YAML and JSON, by name', async () => {
  mkdirSync(join(folder, 'below.yaml'))
  writeFileSync(join(folder, 'below.yaml', 'hidden.yaml'), JSON.stringify(object('Pod', 'hidden')))
  writeFileSync(join(folder, '2.yml'), '---\n# first\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: two}\n---\n')
  writeFileSync(join(folder, '1.json'), JSON.stringify(object('Pod', 'one')))
  writeFileSync(join(folder, 'README.md'), 'no manifest')
  expect(await names(folder)).toEqual(['Pod/one', 'Pod/two'])
})

test('lists are taken apart, and items of typed lists get their kind', () => {
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [object('Pod', 'a'), { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ metadata: { name: 'b' } }] }],
  })
  expect(parseManifests(text, 'f').map((manifest) => manifest.object)).toEqual([object('Pod', 'a'), object('ConfigMap', 'b')])
})

test('each object knows its line', () => {
  const text = 'apiVersion: v1\nkind: A\n---\n# comment\n\napiVersion: v1\nkind: B\n'
  expect(parseManifests(text, 'f').map(({ source: { file, line } }) => [file, line])).toEqual([
    ['f', 1],
    ['f', 6],
  ])
})

test('what stands in an object has a line too, also in lists and in JSON', () => {
  const lines = (text: string) => parseManifests(text, 'f').map(({ source }) => source.lineOf?.(['rules', 1]))
  expect(lines('kind: A\napiVersion: v1\nrules:\n- a\n- b\n---\nkind: B\napiVersion: v1\nrules: [a]')).toEqual([5, undefined])
  expect(lines('kind: List\napiVersion: v1\nitems:\n- kind: A\n  apiVersion: v1\n  rules:\n  - a\n  - b\n')).toEqual([8])
  expect(lines('{"kind": "A", "apiVersion": "v1",\n"rules": [1,\n2]}')).toEqual([3])
})

test.each([
  ['metadata: {name: a}', 'f:1: not a Kubernetes object: apiVersion is missing'],
  ['apiVersion: v1\nkind: 7', 'f:1: not a Kubernetes object: kind is a number, not a string'],
  ['apiVersion: v1\nkind: Pod\nmetadata: [a]', 'f:1: metadata is a list, not an object'],
  ['just text', 'f:1: not a Kubernetes object but a string'],
  ['apiVersion: v1\nkind: List\nitems: [null]', 'f:1: not a Kubernetes object but null'],
])('%j is no object', (text, message) => {
  expect(() => parseManifests(text, 'f')).toThrow(message)
})

test.each([
  ['exce', 'exec'],
  ['--namespac', '--namespace'],
  ['--prot', '--port'],
  ['sta', 'start'],
  ['xyzzy', undefined],
])('%s is probably %s', (word, expected) => {
  expect(nearest(word, ['exec', 'start', '--namespace', '--port'])).toBe(expected)
})
