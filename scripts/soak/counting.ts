import { setTimeout as sleep } from 'node:timers/promises'
import { countAnnotation, countedBy, counterKinds, counters, type KubeObject, kindOf, stampAnnotation } from './kinds.ts'
import { between, oneOf } from './random.ts'
import { carryOut, insist, isRefused, type WriterContext } from './requests.ts'

/** Adds one to a counter that all writers count in: reads it, and updates what was read, until nobody else was faster. */
export function createCounting(context: WriterContext): { count(): Promise<void> } {
  const { writer, random, tell } = context
  const mine = countedBy(writer)
  const numberOf = ({ metadata }: KubeObject, annotation: string) => Number(metadata.annotations?.[annotation] ?? 0)
  let attempts = 0

  return {
    async count() {
      const resource = oneOf(random, counterKinds)
      const name = oneOf(random, counters)
      const path = `${kindOf(resource).path}/${name}`
      for (;;) {
        const { body: read } = (await insist(context, 'GET', path)) as { body: KubeObject }
        const done = numberOf(read, mine) + 1
        const stamp = `${writer}-count-${++attempts}`
        const annotations = {
          ...read.metadata.annotations,
          [countAnnotation]: String(numberOf(read, countAnnotation) + 1),
          [mine]: String(done),
          [stampAnnotation]: stamp,
        }
        // Time for others to come between.
        await sleep(between(random, 0, 15))
        const object = { ...read, metadata: { ...read.metadata, annotations } }
        const result = await carryOut(context, path, (found) => numberOf(found, mine) === done, 'PUT', path, object)
        if (!isRefused(result)) return acknowledge(resource, name, stamp, result)
        if (result.status !== 409) return tell({ problem: `count in ${name}: ${JSON.stringify(result)}` })
        tell({ conflict: true })
      }
    },
  }

  function acknowledge(resource: string, name: string, stamp: string, { metadata }: KubeObject): void {
    // Carried out by an attempt that was not answered, and others have counted since.
    const isLatest = metadata.annotations?.[stampAnnotation] === stamp
    tell({ wrote: { resource, name, stamp, ...(isLatest ? { version: metadata.resourceVersion } : {}) } })
    tell({ counted: { resource, name } })
  }
}
