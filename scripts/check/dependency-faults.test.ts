// Each check of dependencies passes what is sound, and can fail.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installScriptFaults, licenceFaults, lockFaults, type Manifest, publishingFaults, versionFaults } from './dependency-faults.ts'
import { readLockFile } from './lock-file.ts'

const hash = `sha512-${'a'.repeat(86)}==`
const lock = (resolution: string, name = "'@scope/name@1.2.3'") =>
  `lockfileVersion: '9.0'\n\npackages:\n\n  ${name}:\n    resolution: ${resolution}\n    engines: {node: '>=20'}\n\n  other@2.0.0-rc.1:\n    resolution: {integrity: ${hash}}\n\nsnapshots:\n\n  other@2.0.0-rc.1: {}\n`

test('a lock file names packages, each with its hash, all from the registry', () => {
  const sound = readLockFile(lock(`{integrity: ${hash}}`))
  expect(sound.map(({ name, version }) => [name, version])).toEqual([
    ['@scope/name', '1.2.3'],
    ['other', '2.0.0-rc.1'],
  ])
  expect(lockFaults(sound)).toEqual([])
  const faults = (text: string) => lockFaults(readLockFile(text))
  expect(faults(lock('{integrity: sha1-abc}'))).toEqual(['pnpm-lock.yaml: @scope/name@1.2.3 has no sha512 integrity'])
  expect(faults(lock('{}'))).toEqual(['pnpm-lock.yaml: @scope/name@1.2.3 has no sha512 integrity'])
  const elsewhere = ['pnpm-lock.yaml: @scope/name@1.2.3 is not from the registry']
  expect(faults(lock(`{integrity: ${hash}, tarball: https://example.com/name.tgz}`))).toEqual(elsewhere)
  expect(faults(lock('{commit: abc, repo: https://example.com/name, type: git}'))).toEqual(elsewhere)
  expect(faults(lock(`{integrity: ${hash}}`, 'name@https://example.com/name.tgz'))).toHaveLength(1)
  expect(faults("lockfileVersion: '9.0'\n")).toEqual(['pnpm-lock.yaml: no packages found'])
})

test('versions are exact', () => {
  const sound = { a: '1.2.3', b: 'npm:@scope/b@1.2.3', c: 'workspace:*', d: '1.0.0-beta.1' }
  expect(versionFaults({ name: 'x', dependencies: sound, devDependencies: sound })).toEqual([])
  for (const wanted of ['^1.2.3', '*', 'latest', '1.x', '>=1', 'git+https://example.com/a.git', 'https://example.com/a.tgz', 'file:../a'])
    expect(versionFaults({ name: 'x', devDependencies: { a: wanted } }), wanted).toHaveLength(1)
})

test('nothing runs a script when it is installed, but for those that are named', () => {
  const installed: Manifest[] = [
    { name: 'esbuild', scripts: { postinstall: 'node install.js' } },
    { name: 'quiet', scripts: { test: 'true' } },
  ]
  expect(installScriptFaults(installed, ['esbuild'])).toEqual([])
  expect(installScriptFaults(installed, [])).toEqual(['esbuild runs a script when it is installed'])
  expect(installScriptFaults(installed, ['esbuild', 'gone'])).toEqual(['pnpm-workspace.yaml: gone runs no script when it is installed'])
})

test('bundled code comes under licences that go together, with their texts', () => {
  const line = `\n${'-'.repeat(80)}\n\n`
  const sound = ['a 1.0.0 (MIT)\n\nPermission is hereby granted\n', '@b/c 2.0.0 (ISC)\n\ntext\n']
  expect(licenceFaults(sound.join(line))).toEqual([])
  expect(licenceFaults([...sound, 'd 1.0.0 (AGPL-3.0)\n\ntext\n'].join(line))).toEqual([
    'd is bundled, and its licence is not one of ours: AGPL-3.0',
  ])
  expect(licenceFaults([...sound, 'd 1.0.0 (undefined)\n\ntext\n'].join(line))).toHaveLength(1)
  expect(licenceFaults([...sound, 'd 1.0.0 (MIT)\n\n\n'].join(line))).toEqual(['d is bundled without the text of its licence'])
})

test('packages are published with provenance, say which files they have, and run nothing', () => {
  const sound = { name: 'x', files: ['dist'], publishConfig: { access: 'public', provenance: true } }
  expect(publishingFaults(sound)).toEqual([])
  expect(publishingFaults({ ...sound, publishConfig: { access: 'public' } })).toHaveLength(1)
  expect(publishingFaults({ ...sound, files: [] })).toHaveLength(1)
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(publishingFaults({ ...sound, scripts: { [script]: 'true' } }), script).toHaveLength(1)
})

/** Runs the check against a registry that answers so. */
async function audit(status: number, answer: (asked: Record<string, string[]>) => object) {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk)).on('end', () => response.writeHead(status).end(JSON.stringify(answer(JSON.parse(text)))))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm/`
  const args = ['--conditions=source', join(import.meta.dirname, 'advisories.ts'), registry]
  const ended = await new Promise<{ code: unknown; out: string }>((resolve) => {
    execFile(process.execPath, args, (error, stdout) => resolve({ code: error?.code ?? 0, out: stdout }))
  })
  server.close()
  return ended
}

test('advisories of the registry fail the check; that there are none to be had is told', async () => {
  expect(await audit(200, () => ({}))).toEqual({ code: 0, out: '' })
  const advisory = { id: 1, url: 'https://example.com/1', title: 'a hole', severity: 'high' }
  const found = await audit(200, (asked) => ({ ws: [advisory], [asked['ws'] === undefined ? 'nothing' : 'yaml']: [] }))
  expect(found).toEqual({ code: 1, out: expect.stringMatching(/^ws 8\S*: high: a hole \(https:\/\/example\.com\/1\)\n$/) })
  const none = await audit(405, () => ({}))
  expect(none).toEqual({
    code: 75,
    out: expect.stringMatching(/^not audited: the registry gave no advisories on \d{3,} packages: status 405\n$/),
  })
})
