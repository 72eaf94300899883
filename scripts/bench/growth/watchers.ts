import { startServer } from '../measured-server.ts'
import { openWatchers } from '../open-watchers.ts'
import type { Step, Subject } from './measure.ts'
import type { Growth } from './series.ts'

/** An API server for `n` watchers: all of what is written, all of another namespace, each of its own, none of whom it concerns. */
export async function watchersSubject(n: number): Promise<Subject> {
  const server = await startServer()
  for (const name of ['watched', 'empty', 'quiet'])
    await server.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } })
  let writes = 0
  const write = (namespace: string) => () =>
    server.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      body: { metadata: { name: `${namespace}-${writes++}` }, data: { a: 'b' } },
    })
  const all =
    (namespace: string, query = '') =>
    () =>
      `/api/v1/namespaces/${namespace}/configmaps?watch=1${query}`
  const before = server.memoryMiB()
  let watchers = await openWatchers(server, n, all('watched'))
  const memory = server.memoryMiB() - before
  await watchers[Symbol.asyncDispose]()
  const prepared = (pathOf: (index: number) => string) => async () => {
    watchers = await openWatchers(server, n, pathOf)
    return watchers
  }
  const seenByAll = async () => {
    await Promise.all([watchers.seen(n), write('watched')()])
  }
  const unseen = (what: string, must: Growth, pathOf: (index: number) => string, to: string): Step => ({
    ...{ what, must, count: 500, run: write(to) },
    prepare: prepared(pathOf),
  })
  return {
    n,
    server,
    known: [{ what: 'memory that they take', unit: 'MiB', must: 'linear', value: memory }],
    steps: [
      { what: 'a write that all see', must: 'linear', count: 20, concurrency: 1, run: seenByAll, prepare: prepared(all('watched')) },
      unseen('a write that no selector matches', 'linear', all('watched', '&labelSelector=a%3Db'), 'watched'),
      unseen('a write in another namespace', 'constant', all('empty'), 'quiet'),
      unseen('a write, each watching a namespace of its own', 'constant', (index) => all(`own-${index}`)(), 'quiet'),
    ],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
