/** Events between core/v1, which is stored, and events.k8s.io/v1 (apis/events/v1/conversion.go). */
import type { KubeObject } from '../../apimachinery/object.ts'

/** Names of fields in events.k8s.io/v1, and of the same fields in core/v1. */
const renamed: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}
const renamedBack = Object.fromEntries(Object.entries(renamed).map(([modern, core]) => [core, modern]))

const rename = (event: KubeObject, names: Readonly<Record<string, string>>, apiVersion: string): KubeObject => ({
  ...(Object.fromEntries(Object.entries(event).map(([field, value]) => [names[field] ?? field, value])) as KubeObject),
  apiVersion,
})

export const eventToCore = (event: KubeObject): KubeObject => (event.apiVersion === 'v1' ? event : rename(event, renamed, 'v1'))

export const eventFromCore = (event: KubeObject): KubeObject =>
  event.apiVersion === 'v1' ? rename(event, renamedBack, 'events.k8s.io/v1') : event
