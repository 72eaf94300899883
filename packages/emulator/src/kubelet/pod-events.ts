import { randomBytes } from 'node:crypto'
import { type Clock, formatTime } from '../apimachinery/clock.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { SystemClient } from '../registry/controllers/system-client.ts'

const events = { group: '', resource: 'events' }

export type RecordEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void

/** Events about a container, as the kubelet of its node records them: what is the same again is counted. */
export function eventRecorder(system: SystemClient, clock: Clock, pod: KubeObject, container: string): RecordEvent {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = pod.metadata
  const recorded = new Map<string, string>()
  const host = pod['spec'].nodeName as string
  return (type, reason, message) => {
    const now = formatTime(clock.now())
    const key = `${type} ${reason} ${message}`
    const before = recorded.get(key)
    if (before !== undefined && system.get(events, namespace, before) !== undefined) {
      system.update(events, namespace, before, (event) => {
        event['count'] += 1
        event['lastTimestamp'] = now
      })
      return
    }
    const eventName = `${name}.${randomBytes(8).toString('hex')}`
    recorded.set(key, eventName)
    const fieldPath = `spec.containers{${container}}`
    system.create(events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion, fieldPath },
      reason,
      message,
      source: { component: 'kubelet', host },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: 'kubelet',
      reportingInstance: host,
    })
  }
}
