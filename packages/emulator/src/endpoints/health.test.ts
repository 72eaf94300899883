import { expect, test } from 'vitest'
import { serveHealth } from './health.ts'

const ask = (path: string, query = '') => serveHealth(path, new URLSearchParams(query))
const text = (path: string, query: string) => String(ask(path, query)?.body).split('\n')

test('what is no check is not served', () => {
  expect(ask('/version')).toBeUndefined()
  for (const path of ['/healthz/', '/livez/nope', '/healthz/shutdown', '/livez/etcd-readiness', '/livez/etcd/']) {
    expect(ask(path)?.status, path).toBe(404)
  }
  expect(ask('/readyz/poststarthook/rbac/bootstrap-roles')).toMatchObject({ status: 200, body: 'ok' })
})

test('verbosely, each check has a line', () => {
  const lines = text('/readyz', 'verbose')
  expect(lines.slice(0, 3)).toEqual(['[+]ping ok', '[+]log ok', '[+]etcd ok'])
  expect(lines.slice(-3)).toEqual(['[+]shutdown ok', 'readyz check passed', ''])
})

test('checks may be excluded, if there are such', () => {
  const lines = text('/livez', 'verbose&exclude=etcd&exclude=foo&exclude=bar')
  expect(lines).toContain('[+]etcd excluded: ok')
  expect(lines.slice(-3)).toEqual(['warn: some health checks cannot be excluded: no matches for "bar","foo"', 'livez check passed', ''])
})
