import { type Clock, formatTime } from '../../apimachinery/clock.ts'
import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import { updateManagedFields } from '../../apimachinery/managed-fields/update.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { SchemaNode } from '../../apimachinery/patch/schema.ts'
import type { UnstructuredDecoder } from '../../apimachinery/scheme/unstructured.ts'
import type { MutableCatalog } from '../catalog.ts'
import type { Controller } from '../controllers/controller.ts'
import type { SystemClient } from '../controllers/system-client.ts'
import { keepConversions } from '../custom/conversion/index.ts'
import { resourcesOf } from '../custom/definition.ts'
import {
  type Condition,
  type CustomResourceDefinition,
  cleanupFinalizer,
  definitions,
  findCondition,
  isConditionTrue,
  type NewCondition,
  setCondition,
} from '../custom/definition-object.ts'
import type { ResourceDefinition } from '../resource.ts'
import { approvalCondition } from './approval.ts'
import { acceptNames } from './names.ts'
import { hasInvalidCaBundle } from './validation/ca-bundle.ts'

export interface DefinitionsDependencies {
  client: SystemClient
  catalog: MutableCatalog
  clock: Clock
  decoder: UnstructuredDecoder
  /** The schema of definitions themselves, by which the owners of their fields are tracked. */
  schemaOf(definition: ResourceDefinition): SchemaNode
}

const cleanupDelay = 30

/** Accepts the names of definitions, serves their resources, and empties those of definitions that are deleted. */
export function customResourceDefinitions(dependencies: DefinitionsDependencies): Controller {
  const { client, catalog, clock } = dependencies
  const served = new Map<string, { of: KubeObject; resources: ResourceDefinition[] }>()
  const conversionOf = keepConversions({ lookup: (resource, namespace, name) => client.get(resource, namespace, name) })
  const pending = new Set<string>()
  const all = () => client.list(definitions, '') as readonly CustomResourceDefinition[]
  const now = () => formatTime(clock.now())

  const publish = () => {
    let changed = false
    const present = new Set<string>()
    for (const crd of all()) {
      const { name = '' } = crd.metadata
      present.add(name)
      if (served.get(name)?.of === crd) continue
      served.set(name, { of: crd, resources: resourcesOf(crd, dependencies.decoder, conversionOf(crd)) })
      changed = true
    }
    for (const name of served.keys()) if (!present.has(name)) changed = served.delete(name) || changed
    if (changed) catalog.setCustom([...served.values()].flatMap(({ resources }) => resources))
  }

  const writeStatus = (name: string, change: (crd: CustomResourceDefinition) => unknown) => {
    client.update(definitions, '', name, (object) => {
      const live = deepCopy(object)
      if (change(object as CustomResourceDefinition) === false) return false
      trackStatus(dependencies, live, object, now())
      return undefined
    })
  }

  const settleNames = (crd: CustomResourceDefinition) => {
    const { name = '' } = crd.metadata
    if (deepEqual(crd.spec.names, crd.status?.acceptedNames)) return
    const group = all().filter(({ spec }) => spec.group === crd.spec.group)
    const { acceptedNames, namesAccepted, established } = acceptNames(crd, group)
    if (deepEqual(acceptedNames, crd.status?.acceptedNames) && sameCondition(namesAccepted, findCondition(crd, 'NamesAccepted'))) return
    writeStatus(name, (object) => {
      object.status ??= { acceptedNames }
      object.status.acceptedNames = acceptedNames
      setCondition(object, namesAccepted, now())
      setCondition(object, established, now())
    })
  }

  const tellApproval = (crd: CustomResourceDefinition) => {
    const next = approvalCondition(crd)
    if (next === undefined || sameCondition(next, findCondition(crd, next.type))) return
    writeStatus(crd.metadata.name!, (object) => setCondition(object, next, now()))
  }

  const establish = (crd: CustomResourceDefinition) => {
    if (!isConditionTrue(crd, 'NamesAccepted') || isConditionTrue(crd, 'Established')) return
    const next = hasInvalidCaBundle(crd) ? invalidBundle : initialNames
    if (sameCondition(next, findCondition(crd, 'Established'))) return
    writeStatus(crd.metadata.name!, (object) => setCondition(object, next, now()))
  }

  const reconsiderGroup = (group: string) => {
    for (const crd of all()) if (crd.spec.group === group) settleNames(crd)
  }

  const cleanUp = async (name: string): Promise<void> => {
    const crd = client.get(definitions, '', name) as CustomResourceDefinition | undefined
    if (crd?.metadata.deletionTimestamp === undefined || !(crd.metadata.finalizers ?? []).includes(cleanupFinalizer)) return
    writeStatus(name, (object) => setCondition(object, deletionInProgress, now()))
    const resource = { group: crd.spec.group, resource: crd.status.acceptedNames.plural }
    const established = isConditionTrue(crd, 'Established') && catalog.storedAs(resource.group, resource.resource) !== undefined
    if (established) {
      for (const { metadata } of client.list(resource, '')) await client.delete(resource, metadata.namespace ?? '', metadata.name!)
      // The deletion of the last one brings us back.
      if (client.list(resource, '').length > 0) return
    }
    finish(name, established)
  }

  const finish = (name: string, established: boolean) => {
    writeStatus(name, (object) => {
      setCondition(object, established ? deletionCompleted : neverEstablished, now())
      object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== cleanupFinalizer)
      if (object.metadata.finalizers.length === 0) delete object.metadata.finalizers
    })
    const left = client.get(definitions, '', name)?.metadata
    if (left?.deletionTimestamp !== undefined && (left.finalizers ?? []).length === 0) client.removeFinally(definitions, '', name)
  }

  /** Once the request at hand has been answered. */
  const scheduleCleanUp = (name: string): Promise<void> | undefined => {
    if (pending.has(name)) return undefined
    pending.add(name)
    return new Promise<void>((resolve) => setTimeout(resolve, cleanupDelay)).then(() => {
      pending.delete(name)
      return cleanUp(name)
    })
  }

  const definitionChanged = (crd: CustomResourceDefinition, deleted: boolean) => {
    publish()
    const current = deleted ? undefined : (client.get(definitions, '', crd.metadata.name!) as CustomResourceDefinition | undefined)
    if (current === undefined) return reconsiderGroup(crd.spec.group)
    tellApproval(current)
    settleNames(current)
    establish(current)
    const { deletionTimestamp, finalizers = [] } = current.metadata
    const begun = findCondition(current, 'Terminating')?.reason === 'InstanceDeletionPending'
    return deletionTimestamp !== undefined && begun && finalizers.includes(cleanupFinalizer)
      ? scheduleCleanUp(current.metadata.name!)
      : undefined
  }

  return {
    changed({ group, resource, change }) {
      if (group === definitions.group && resource === definitions.resource) {
        return definitionChanged(change.object as CustomResourceDefinition, change.deleted)
      }
      if (!change.deleted) return undefined
      const owner = served.get(`${resource}.${group}`)
      return owner?.of.metadata.deletionTimestamp === undefined ? undefined : scheduleCleanUp(owner.of.metadata.name!)
    },
    restored({ group, resource }) {
      if (group === definitions.group && resource === definitions.resource) publish()
    },
  }
}

const sameCondition = (a: NewCondition, b: Condition | undefined) =>
  b !== undefined && a.status === b.status && a.reason === b.reason && a.message === b.message

const initialNames: NewCondition = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
}
const invalidBundle: NewCondition = {
  type: 'Established',
  status: 'False',
  reason: 'InvalidCABundle',
  message: 'The conversion webhook CABundle is invalid',
}
const terminating = (status: string, reason: string, message: string): NewCondition => ({ type: 'Terminating', status, reason, message })
const deletionInProgress = terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress')
const deletionCompleted = terminating('False', 'InstanceDeletionCompleted', 'removed all instances')
const neverEstablished = terminating('False', 'NeverEstablished', 'resource was never established')

/** Notes in metadata.managedFields that the API server itself wrote the status. */
function trackStatus({ catalog, schemaOf }: DefinitionsDependencies, live: KubeObject, object: KubeObject, now: string): void {
  const definition = catalog.storedAs(definitions.group, definitions.resource)
  if (definition === undefined || live.metadata.managedFields === undefined) return
  const entries = updateManagedFields({
    apiVersion: `${definition.group}/${definition.version}`,
    schema: schemaOf(definition),
    live,
    updated: deepCopy(object),
    manager: 'apiserver',
    subresource: 'status',
    now,
  })
  if (entries !== undefined) object.metadata.managedFields = entries
}
