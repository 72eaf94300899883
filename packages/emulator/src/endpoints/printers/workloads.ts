import type { KubeObject } from '../../apimachinery/object.ts'
import { formatLabelSelector } from '../subresources/label-selector-text.ts'
import { containerCells, formatLabels, formatSelector, none, unset } from './cell-text.ts'
import { humanDuration } from './human-duration.ts'
import { type Ages, ageOf, named, nameOf, type RowPrinters } from './row-printer.ts'

export const workloadPrinters: RowPrinters = {
  replicationcontrollers: {
    cells: (object, ages) => [...replicaCells(object, ages), formatLabels(object['spec']?.selector)],
  },
  'replicasets.apps': {
    cells: (object, ages) => [...replicaCells(object, ages), formatSelector(object['spec']?.selector)],
  },
  'deployments.apps': {
    cells: (object, ages) => {
      const { spec = {}, status = {} } = object
      return [
        nameOf(object),
        `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
        status.updatedReplicas ?? 0,
        status.availableReplicas ?? 0,
        ageOf(object, ages),
        ...containerCells(spec.template?.spec),
        formatLabelSelector(spec.selector),
      ]
    },
  },
  'statefulsets.apps': {
    cells: (object, ages) => {
      const { spec = {}, status = {} } = object
      const ready = `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`
      return [nameOf(object), ready, ageOf(object, ages), ...containerCells(spec.template?.spec)]
    },
  },
  'daemonsets.apps': { cells: daemonSetCells },
  'controllerrevisions.apps': named((object) => [controllerName(object), object['revision'] ?? 0]),
  'jobs.batch': {
    cells: (object, ages) => [
      nameOf(object),
      jobStatus(object),
      jobCompletions(object),
      jobDuration(object, ages),
      ageOf(object, ages),
      ...containerCells(object['spec']?.template?.spec),
      formatSelector(object['spec']?.selector),
    ],
  },
  'cronjobs.batch': { cells: cronJobCells },
}

function replicaCells(object: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = object
  const counts = [spec.replicas ?? 0, status.replicas ?? 0, status.readyReplicas ?? 0]
  return [nameOf(object), ...counts, ageOf(object, ages), ...containerCells(spec.template?.spec)]
}

function daemonSetCells(object: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = object
  return [
    nameOf(object),
    status.desiredNumberScheduled ?? 0,
    status.currentNumberScheduled ?? 0,
    status.numberReady ?? 0,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    formatLabels(spec.template?.spec?.nodeSelector),
    ageOf(object, ages),
    ...containerCells(spec.template?.spec),
    formatSelector(spec.selector),
  ]
}

function controllerName({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return none
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${`${owner.kind}${group}`.toLowerCase()}/${owner.name}`
}

/** The states of a Job, the first that holds; `deleted` stands between its conditions. */
const jobStates = ['Complete', 'Failed', 'deleted', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const

function jobStatus({ metadata, status }: KubeObject): string {
  const conditions: { type: string; status: string }[] = status?.conditions ?? []
  for (const state of jobStates) {
    if (state === 'deleted') {
      if (metadata.deletionTimestamp !== undefined) return 'Terminating'
    } else if (conditions.find(({ type }) => type === state)?.status === 'True') return state
  }
  return 'Running'
}

function jobCompletions({ spec = {}, status = {} }: KubeObject): string {
  const succeeded = status.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration({ status = {} }: KubeObject, ages: Ages): string {
  const { startTime, completionTime } = status
  if (!startTime) return ''
  return completionTime ? humanDuration(Date.parse(completionTime) - Date.parse(startTime)) : ages.since(startTime)
}

function cronJobCells(object: KubeObject, ages: Ages): unknown[] {
  const { spec = {}, status = {} } = object
  const { suspend } = spec
  return [
    nameOf(object),
    spec.schedule ?? '',
    spec.timeZone ?? none,
    suspend === undefined ? unset : suspend ? 'True' : 'False',
    (status.active ?? []).length,
    status.lastScheduleTime ? ages.since(status.lastScheduleTime) : none,
    ageOf(object, ages),
    ...containerCells(spec.jobTemplate?.spec?.template?.spec),
    formatSelector(spec.jobTemplate?.spec?.selector),
  ]
}
