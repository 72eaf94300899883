import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { applyEnvironment, podEnvironment } from './environment.ts'
import { createPodRoot } from './root.ts'
import { SERVICE_ACCOUNT_FOLDER, serviceAccountVolume } from './service-account-volume.ts'
import { writeVolume } from './volume.ts'

const files = { token: 'a.b.c', 'ca.crt': '-----BEGIN CERTIFICATE-----\n', namespace: 'team-a' }
const folders: string[] = []
const scratch = () => {
  const folder = mkdtempSync(join(tmpdir(), 'inpod-volume-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('the service account volume', () => {
  test('is laid out as the kubelet does, whatever the umask is', () => {
    const folder = scratch()
    const umask = process.umask(0o077)
    try {
      writeVolume(folder, serviceAccountVolume(files), new Date('2026-02-01T15:04:05Z'))
    } finally {
      process.umask(umask)
    }
    const data = readlinkSync(join(folder, '..data'))
    expect(data).toMatch(/^\.\.2026_02_01_15_04_05\.\w+$/)
    expect(readdirSync(folder).sort()).toEqual([data, '..data', 'ca.crt', 'namespace', 'token'].sort())
    for (const name of ['ca.crt', 'namespace', 'token']) expect(readlinkSync(join(folder, name))).toBe(`..data/${name}`)
    expect(statSync(join(folder, data)).mode & 0o777).toBe(0o755)
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o644)
    expect(readFileSync(join(folder, 'token'), 'utf8')).toBe('a.b.c')
    expect(readFileSync(join(folder, 'namespace'), 'utf8')).toBe('team-a')
  })

  test('is replaced as a whole: one new data folder, the old one gone, files no longer wanted too', () => {
    const folder = scratch()
    writeVolume(folder, serviceAccountVolume(files))
    const before = readlinkSync(join(folder, '..data'))
    writeVolume(folder, { ...serviceAccountVolume({ ...files, token: 'd.e.f' }) })
    expect(readlinkSync(join(folder, '..data'))).not.toBe(before)
    expect(readFileSync(join(folder, 'token'), 'utf8')).toBe('d.e.f')
    writeVolume(folder, { token: { text: 'g', mode: 0o600 } })
    expect(readdirSync(folder).filter((name) => !name.startsWith('..'))).toEqual(['token'])
    expect(readdirSync(folder)).toHaveLength(3)
    expect(lstatSync(join(folder, 'token')).isSymbolicLink()).toBe(true)
  })

  test.each([
    [{}, 0o644, 0o644],
    [{ runAsUser: 1000 }, 0o600, 0o644],
    [{ fsGroup: 2000 }, 0o640, 0o644],
    [{ runAsUser: 1000, fsGroup: 2000 }, 0o640, 0o644],
  ])('has the modes that %j gives', (owner, token, namespace) => {
    const volume = serviceAccountVolume(files, owner)
    expect([volume['token']!.mode, volume['namespace']!.mode]).toEqual([token, namespace])
  })

  test('stands under a private folder of its own and goes with it', async () => {
    const root = await createPodRoot(serviceAccountVolume(files))
    expect(statSync(root.path).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(root.path, SERVICE_ACCOUNT_FOLDER, 'token'), 'utf8')).toBe('a.b.c')
    mkdirSync(join(root.path, 'more'))
    await root.remove()
    await root.remove()
    expect(() => statSync(root.path)).toThrow('ENOENT')
  })
})

describe("the Pod's environment", () => {
  test('has the variables of the Service kubernetes and the host name', () => {
    const { set } = podEnvironment({ host: '127.0.0.1', port: 4711, podName: 'demo', serviceIP: '10.96.0.1', base: {} })
    expect(set).toMatchObject({
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: '4711',
      KUBERNETES_SERVICE_PORT_HTTPS: '4711',
      KUBERNETES_PORT: 'tcp://127.0.0.1:4711',
      KUBERNETES_PORT_4711_TCP: 'tcp://127.0.0.1:4711',
      KUBERNETES_PORT_4711_TCP_PROTO: 'tcp',
      KUBERNETES_PORT_4711_TCP_PORT: '4711',
      KUBERNETES_PORT_4711_TCP_ADDR: '127.0.0.1',
      HOSTNAME: 'demo',
    })
  })

  test('writes IPv6 addresses in brackets within URLs only', () => {
    const { set } = podEnvironment({ host: '::1', port: 1, podName: 'demo', base: {} })
    expect(set).toMatchObject({ KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_PORT: 'tcp://[::1]:1' })
  })

  test('keeps proxy exceptions of both spellings and adds its own', () => {
    const base = { NO_PROXY: 'intra.example', no_proxy: 'other.example, 10.0.0.0/8' }
    const { set } = podEnvironment({ host: '127.0.0.1', port: 1, podName: 'demo', base })
    expect(set['NO_PROXY']).toMatch(/^intra\.example,other\.example,10\.0\.0\.0\/8,127\.0\.0\.1,localhost,kubernetes,/)
    expect(set['no_proxy']).toBe(set['NO_PROXY'])
  })

  test('takes away what would lead clients elsewhere, and nothing else', () => {
    const base = {
      KUBECONFIG: '/x',
      KUBERNETES_MASTER: 'y',
      KUBE_TOKEN: 'z',
      POD_NAMESPACE: 'n',
      PYKUBE_X: '1',
      KUBERNETES_PORT_443_TCP: 't',
      HOME: '/h',
      KUBELET: 'k',
    }
    const environment = podEnvironment({ host: '127.0.0.1', port: 1, podName: 'demo', base })
    expect(environment.unset).toEqual([
      'KUBECONFIG',
      'KUBERNETES_MASTER',
      'KUBERNETES_PORT_443_TCP',
      'KUBE_TOKEN',
      'POD_NAMESPACE',
      'PYKUBE_X',
    ])
    const applied = applyEnvironment(base, environment)
    expect(applied).toMatchObject({ HOME: '/h', KUBELET: 'k', KUBERNETES_SERVICE_HOST: '127.0.0.1' })
    expect(applied).not.toHaveProperty('KUBECONFIG')
  })
})
