import type { KubeObject } from '../../apimachinery/object.ts'
import { compareBytes } from '../../apimachinery/patch/json-object.ts'
import { formatAmount, none } from './cell-text.ts'
import { type Ages, ageOf, named, nameOf, type RowPrinters } from './row-printer.ts'

const countOf = (map: object | undefined) => Object.keys(map ?? {}).length

export const corePrinters: RowPrinters = {
  namespaces: named(({ status }) => [status?.phase ?? '']),
  secrets: named(({ type, data }) => [type ?? '', countOf(data)]),
  configmaps: named(({ data, binaryData }) => [countOf(data) + countOf(binaryData)]),
  serviceaccounts: named(() => []),
  resourcequotas: named(quotaCells),
  nodes: { cells: nodeCells },
  events: { cells: eventCells },
  componentstatuses: { cells: componentCells },
}

/** Two cells: what limits limits, and all else. */
function quotaCells({ status = {} }: KubeObject): unknown[] {
  const { hard = {}, used = {} } = status
  const texts = Object.keys(hard)
    .sort(compareBytes)
    .map((name) => ({ name, text: `${name}: ${formatAmount(used[name])}/${formatAmount(hard[name])}` }))
  const join = (ofLimits: boolean) =>
    texts
      .filter(({ name }) => name.startsWith('limits.') === ofLimits)
      .map(({ text }) => text)
      .join(', ')
  return [join(false), join(true)]
}

function nodeCells(node: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = node
  const { kubeletVersion = '', osImage, kernelVersion, containerRuntimeVersion, architecture } = status.nodeInfo ?? {}
  const kernel = `${kernelVersion || '<unknown>'}${architecture ? ` (${architecture})` : ''}`
  const addressOf = (wanted: string) => (status.addresses ?? []).find(({ type }: { type: string }) => type === wanted)?.address ?? none
  return [
    nameOf(node),
    `${nodeReadiness(status.conditions ?? [])}${spec.unschedulable ? ',SchedulingDisabled' : ''}`,
    nodeRoles(node) || none,
    ageOf(node, ages),
    kubeletVersion,
    addressOf('InternalIP'),
    addressOf('ExternalIP'),
    osImage || '<unknown>',
    kernel,
    containerRuntimeVersion || '<unknown>',
  ]
}

function nodeReadiness(conditions: readonly { type: string; status: string }[]): string {
  const ready = conditions.findLast(({ type }) => type === 'Ready')
  if (ready === undefined) return 'Unknown'
  return ready.status === 'True' ? 'Ready' : 'NotReady'
}

const rolePrefix = 'node-role.kubernetes.io/'

function nodeRoles({ metadata }: KubeObject): string {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length)
    return key === 'kubernetes.io/role' ? value : ''
  })
  return [...new Set(roles.filter((role) => role !== ''))].sort(compareBytes).join(',')
}

function eventCells(event: KubeObject, ages: Ages): unknown[] {
  const { involvedObject = {}, series, source = {} } = event
  const first = ages.since(event['firstTimestamp'] || event['eventTime'])
  const last = event['lastTimestamp'] ? ages.since(event['lastTimestamp']) : first
  const kind = (involvedObject.kind ?? '').toLowerCase()
  const component = source.component || event['reportingComponent'] || ''
  const instance = source.host || event['reportingInstance'] || ''
  return [
    series ? ages.since(series.lastObservedTime) : last,
    event['type'] ?? '',
    event['reason'] ?? '',
    involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
    involvedObject.fieldPath ?? '',
    instance === '' ? component : `${component}, ${instance}`,
    (event['message'] ?? '').trim(),
    first,
    series ? (series.count ?? 0) : event['count'] || 1,
    nameOf(event),
  ]
}

function componentCells(object: KubeObject): unknown[] {
  const healthy = (object['conditions'] ?? []).find(({ type }: { type: string }) => type === 'Healthy')
  if (healthy === undefined) return [nameOf(object), 'Unknown', '', '']
  return [nameOf(object), healthy.status === 'True' ? 'Healthy' : 'Unhealthy', healthy.message ?? '', healthy.error ?? '']
}
