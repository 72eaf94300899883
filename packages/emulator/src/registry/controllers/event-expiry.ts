import type { Clock } from '../../apimachinery/clock.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Controller, ResourceChange } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const events = { group: '', resource: 'events' }
/** Of the API server's `--event-ttl`, since the last change of an event. */
const TTL_MS = 3_600_000
const SWEEP_MS = 60_000

/** Ends Events when their time is over, whatever finalizers they have, as their leases in etcd do. */
export function eventExpiry(client: SystemClient, clock: Clock): Controller {
  const expiries = new Map<string, number>()
  /** Nothing is over before. */
  let next = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  const sweep = () => {
    const now = clock.now()
    if (now < next) return
    next = Number.POSITIVE_INFINITY
    for (const [key, expires] of [...expiries]) {
      if (expires > now) next = Math.min(next, expires)
      else remove(key)
    }
  }
  const remove = (key: string) => {
    expiries.delete(key)
    const slash = key.indexOf('/')
    client.removeFinally(events, key.slice(0, slash), key.slice(slash + 1))
  }
  const note = ({ group, resource, key, change }: ResourceChange) => {
    if (group !== events.group || resource !== events.resource) return
    if (change.deleted) {
      expiries.delete(key)
      return
    }
    const expires = lastChange(change.object, clock.now()) + TTL_MS
    expiries.set(key, expires)
    next = Math.min(next, expires)
    timer ??= setInterval(sweep, SWEEP_MS).unref()
  }

  return {
    changed: note,
    restored: note,
    timePassed: sweep,
    close: () => clearInterval(timer),
  }
}

function lastChange({ metadata }: KubeObject, now: number): number {
  const times = [metadata.creationTimestamp, ...(metadata.managedFields ?? []).map(({ time }) => time)]
  const known = times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]))
  return known.length === 0 ? now : Math.max(...known)
}
