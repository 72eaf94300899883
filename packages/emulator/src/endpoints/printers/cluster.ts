import type { KubeObject } from '../../apimachinery/object.ts'
import { compareBytes } from '../../apimachinery/patch/json-object.ts'
import { none } from './cell-text.ts'
import { humanDuration } from './human-duration.ts'
import { type Ages, ageOf, named, nameOf, type RowPrinters } from './row-printer.ts'

const bindings = { cells: bindingCells }

/** Kinds of the smaller groups. */
export const clusterPrinters: RowPrinters = {
  'rolebindings.rbac.authorization.k8s.io': bindings,
  'clusterrolebindings.rbac.authorization.k8s.io': bindings,
  'poddisruptionbudgets.policy': named(({ spec = {}, status = {} }) => [
    String(spec.minAvailable ?? 'N/A'),
    String(spec.maxUnavailable ?? 'N/A'),
    status.disruptionsAllowed ?? 0,
  ]),
  'leases.coordination.k8s.io': named(({ spec }) => [spec?.holderIdentity ?? '']),
  'runtimeclasses.node.k8s.io': named(({ handler }) => [handler ?? '']),
  'priorityclasses.scheduling.k8s.io': {
    cells: (object, ages) => {
      const { value = 0, globalDefault = false, preemptionPolicy = '' } = object
      return [nameOf(object), value, globalDefault, ageOf(object, ages), preemptionPolicy]
    },
  },
  'certificatesigningrequests.certificates.k8s.io': { cells: signingRequestCells },
  'apiservices.apiregistration.k8s.io': named(({ spec = {}, status = {} }) => [
    spec.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    availability(status.conditions ?? []),
  ]),
  'flowschemas.flowcontrol.apiserver.k8s.io': { cells: flowSchemaCells, compare: byPrecedence },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': named(priorityLevelCells),
  'deviceclasses.resource.k8s.io': named(() => []),
  'resourceclaimtemplates.resource.k8s.io': named(() => []),
  'resourceclaims.resource.k8s.io': named((object) => [claimState(object)]),
  'resourceslices.resource.k8s.io': named(({ spec = {} }) => [spec.nodeName ?? '', spec.driver ?? '', spec.pool?.name ?? '']),
}

interface Subject {
  kind: string
  namespace?: string
  name: string
}

function bindingCells(object: KubeObject, ages: Ages): unknown[] {
  const subjects: Subject[] = object['subjects'] ?? []
  const join = (wanted: string, format: (subject: Subject) => string) =>
    subjects
      .filter(({ kind }) => kind === wanted)
      .map(format)
      .join(', ')
  return [
    nameOf(object),
    `${object['roleRef']?.kind ?? ''}/${object['roleRef']?.name ?? ''}`,
    ageOf(object, ages),
    join('User', ({ name }) => name),
    join('Group', ({ name }) => name),
    join('ServiceAccount', ({ namespace = '', name }) => `${namespace}/${name}`),
  ]
}

function signingRequestCells(object: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = object
  const types = (status.conditions ?? []).map(({ type }: { type: string }) => type)
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'
  const condition = `${decision}${types.includes('Failed') ? ',Failed' : ''}${status.certificate ? ',Issued' : ''}`
  const lifetime = spec.expirationSeconds === undefined ? none : humanDuration(spec.expirationSeconds * 1000)
  return [nameOf(object), ageOf(object, ages), spec.signerName || none, spec.username ?? '', lifetime, condition]
}

function availability(conditions: readonly { type: string; status: string; reason?: string }[]): string {
  const available = conditions.find(({ type }) => type === 'Available')
  if (available === undefined) return 'Unknown'
  const { status, reason } = available
  return status === 'True' || !reason ? status : `${status} (${reason})`
}

function flowSchemaCells(object: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = object
  const dangling = (status.conditions ?? []).find(({ type }: { type: string }) => type === 'Dangling')
  return [
    nameOf(object),
    spec.priorityLevelConfiguration?.name ?? '',
    spec.matchingPrecedence ?? 0,
    spec.distinguisherMethod?.type ?? none,
    ageOf(object, ages),
    dangling?.status ?? '?',
  ]
}

function byPrecedence(left: KubeObject, right: KubeObject): number {
  const difference = (left['spec']?.matchingPrecedence ?? 0) - (right['spec']?.matchingPrecedence ?? 0)
  return difference !== 0 ? difference : compareBytes(nameOf(left), nameOf(right))
}

function priorityLevelCells({ spec = {} }: KubeObject): unknown[] {
  const { limited } = spec
  const queuing = limited?.limitResponse?.queuing
  const queues = queuing ? [queuing.queues ?? 0, queuing.handSize ?? 0, queuing.queueLengthLimit ?? 0] : [none, none, none]
  return [spec.type ?? '', limited ? (limited.nominalConcurrencyShares ?? 0) : none, ...queues]
}

function claimState({ metadata, status = {} }: KubeObject): string {
  const states = metadata.deletionTimestamp === undefined ? [] : ['deleted']
  if (!status.allocation) return states[0] ?? 'pending'
  return [...states, 'allocated', ...((status.reservedFor ?? []).length > 0 ? ['reserved'] : [])].join(',')
}
