import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inParallel, type MeasuredServer, startServer } from '../measured-server.ts'
import type { Step, Subject } from './measure.ts'

const base = '/api/v1/namespaces/growth/pods'
const small = '/api/v1/namespaces/growth-small/pods'
/** How many any list finds that is not of everything. */
const FOUND = 100

/** An API server with `n` Pods. */
export async function objectsSubject(n: number): Promise<Subject> {
  const known = await starts(n)
  const server = await startServer()
  const memory = await load(server, n)
  const dispose = () => server[Symbol.asyncDispose]()
  return { n, server, known: [memory, ...known], steps: [...reads(server, n), ...writes(server, n)], [Symbol.asyncDispose]: dispose }
}

/** What it takes to start with `n` objects: those of manifests, then those of a folder that keeps them. */
async function starts(n: number): Promise<Subject['known']> {
  const folder = await mkdtemp(join(tmpdir(), 'inpod-growth-'))
  try {
    const manifests = join(folder, 'manifests.json')
    writeFileSync(manifests, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: Array.from({ length: n }, (_, i) => configMap(i)) }))
    const data = ['--data', join(folder, 'data')]
    return [
      { what: 'start with as many manifests', unit: 'ms', must: 'linear', value: await startMs(['-f', manifests, ...data]) },
      { what: 'start with --data', unit: 'ms', must: 'linear', value: await startMs(data) },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startMs(args: string[]): Promise<number> {
  await using server = await startServer(args)
  return server.startMs
}

/** In no order, as names of Pods come. */
const nameOf = (index: number) => `pod-${createHash('sha1').update(String(index)).digest('hex').slice(0, 12)}`

const configMap = (index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: nameOf(index) },
  data: { index: String(index) },
})

const pod = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: nameOf(index),
    labels: { app: `app-${index % 10}`, found: index < FOUND ? 'yes' : 'no' },
    annotations: { note: 'x'.repeat(200) },
  },
  spec: { containers: [{ name: 'main', image: 'registry.example/app:1', env: [{ name: 'A', value: 'b' }] }] },
})

async function load(server: MeasuredServer, n: number): Promise<Subject['known'][number]> {
  for (const name of ['growth', 'growth-small'])
    await server.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } })
  await inParallel(FOUND, (index) => server.call({ method: 'POST', path: small, body: pod(index) }))
  const before = server.memoryMiB()
  await inParallel(n, (index) => server.call({ method: 'POST', path: base, body: pod(index) }))
  return { what: 'memory that they take', unit: 'MiB', must: 'linear', value: server.memoryMiB() - before }
}

/** Any write, so that what is asked for next has to be put together. */
const touch = (server: MeasuredServer, index: number) =>
  server.call({
    method: 'PATCH',
    path: `${base}/${nameOf(index % FOUND)}`,
    type: 'application/merge-patch+json',
    body: { metadata: { annotations: { touched: String(index) } } },
  })

const spread = (index: number, n: number) => (index * 7919) % n

function reads(server: MeasuredServer, n: number): Step[] {
  const write = (index: number) => touch(server, index)
  const afterWrite = (path: string) => async (index: number) => {
    await write(index)
    await server.call({ path })
  }
  return [
    { what: 'GET', must: 'constant', count: 1000, run: (index) => server.call({ path: `${base}/${nameOf(spread(index, n))}` }) },
    { what: 'PATCH', must: 'constant', count: 500, run: write },
    { what: 'PATCH, then LIST of 100 by label', must: 'constant', count: 200, run: afterWrite(`${base}?labelSelector=found%3Dyes`) },
    { what: 'PATCH, then LIST of a namespace of 100', must: 'constant', count: 200, run: afterWrite(small) },
    { what: 'PATCH, then LIST with limit=500', must: 'constant', count: 100, run: afterWrite(`${base}?limit=500`) },
    { what: 'LIST of all, in pages of 500', must: 'linear', count: 1, run: () => allPages(server) },
    { what: 'PATCH, then LIST of all', must: 'linear', count: 1, run: afterWrite(base) },
  ]
}

async function allPages(server: MeasuredServer): Promise<void> {
  for (let token = ''; ; ) {
    const list = await server.call({ path: `${base}?limit=500${token === '' ? '' : `&continue=${token}`}` })
    // Metadata come first.
    token = /"continue":"([^"]+)"/.exec(list.toString('latin1', 0, 1000))?.[1] ?? ''
    if (token === '') return
  }
}

function writes(server: MeasuredServer, n: number): Step[] {
  const create = (index: number) => server.call({ method: 'POST', path: base, body: pod(n + index) })
  const remove = (index: number) => server.call({ method: 'DELETE', path: `${base}/${nameOf(n + index)}` })
  return [
    { what: 'POST', must: 'constant', count: 500, run: create },
    { what: 'DELETE', must: 'constant', count: 500, run: remove },
  ]
}
