import { type Clock, formatTime } from '../../apimachinery/clock.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../apimachinery/object.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const group = 'flowcontrol.apiserver.k8s.io'
const flowSchemas = { group, resource: 'flowschemas' }
const levels = { group, resource: 'prioritylevelconfigurations' }

interface Condition {
  type: string
  status: string
  lastTransitionTime: string
  reason: string
  message: string
}

/** Says in the status of each FlowSchema whether the priority level that it names exists. */
export function flowSchemaStatus(client: SystemClient, clock: Clock): Controller {
  const check = (flowSchema: KubeObject): void => {
    const level: string = flowSchema['spec']?.priorityLevelConfiguration?.name ?? ''
    const dangling = client.get(levels, '', level) === undefined
    if (findDangling(flowSchema)?.status === (dangling ? 'True' : 'False')) return
    const time = formatTime(clock.now())
    client.update(flowSchemas, '', flowSchema.metadata.name!, (object) => {
      const others = (object['status']?.conditions ?? []).filter(({ type }: Condition) => type !== 'Dangling')
      object['status'] = { ...object['status'], conditions: [...others, conditionOf(level, dangling, time)] }
      object.metadata.managedFields = withStatus(object, time)
    })
  }
  return {
    changed({ group: changed, resource, change }) {
      if (changed !== group) return
      if (resource === levels.resource) for (const each of client.list(flowSchemas, '')) check(each)
      else if (resource === flowSchemas.resource && !change.deleted) check(change.object)
    },
  }
}

const findDangling = ({ status }: KubeObject): Condition | undefined =>
  (status?.conditions ?? []).find(({ type }: Condition) => type === 'Dangling')

function conditionOf(level: string, dangling: boolean, lastTransitionTime: string): Condition {
  const what = dangling ? 'but there is no such object' : 'and it exists'
  return {
    type: 'Dangling',
    status: dangling ? 'True' : 'False',
    lastTransitionTime,
    reason: dangling ? 'NotFound' : 'Found',
    message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${what}`,
  }
}

const manager = 'api-priority-and-fairness-config-consumer-v1'
const condition = 'k:{"type":"Dangling"}'
const fields = { '.': {}, 'f:lastTransitionTime': {}, 'f:message': {}, 'f:reason': {}, 'f:status': {}, 'f:type': {} }

function withStatus({ apiVersion, metadata }: KubeObject, time: string): ManagedFieldsEntry[] {
  const others = (metadata.managedFields ?? []).filter((entry) => entry.manager !== manager)
  const fieldsV1 = { 'f:status': { 'f:conditions': { [condition]: fields } } }
  return [{ manager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1, subresource: 'status' }, ...others]
}
