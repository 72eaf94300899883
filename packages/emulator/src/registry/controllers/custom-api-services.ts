import { type Clock, formatTime } from '../../apimachinery/clock.ts'
import type { CustomResourceDefinition } from '../custom/definition-object.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }
const apiServices = { group: 'apiregistration.k8s.io', resource: 'apiservices' }
const managed = { 'kube-aggregator.kubernetes.io/automanaged': 'true' }

/** Registers an APIService for each group and version that CustomResourceDefinitions serve, as long as one does. */
export function customApiServices(client: SystemClient, clock: Clock): Controller {
  const served = (group: string, version: string) =>
    client.list(definitions, '').some(({ spec }) => {
      const { versions, group: itsGroup } = spec as CustomResourceDefinition['spec']
      return itsGroup === group && versions.some((each) => each.name === version && each.served)
    })

  const register = (group: string, version: string): void => {
    const name = `${version}.${group}`
    if (client.get(apiServices, '', name) !== undefined) return
    client.create(apiServices, {
      kind: 'APIService',
      apiVersion: 'apiregistration.k8s.io/v1',
      metadata: { name, labels: { ...managed } },
      spec: { group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
    })
    client.update(apiServices, '', name, (object) => {
      object['status'] = { conditions: [available(formatTime(clock.now()))] }
    })
  }

  return {
    changed({ group, resource, change }) {
      if (group !== definitions.group || resource !== definitions.resource) return
      const { spec } = change.object as CustomResourceDefinition
      const before = (change.previous?.object as CustomResourceDefinition | undefined)?.spec.versions ?? []
      for (const version of new Set([...before, ...spec.versions].map(({ name }) => name))) {
        if (served(spec.group, version)) register(spec.group, version)
        else unregister(client, `${version}.${spec.group}`)
      }
    },
  }
}

function unregister(client: SystemClient, name: string): void {
  const found = client.get(apiServices, '', name)
  // Those that users made are theirs.
  if (Object.keys(managed).some((label) => found?.metadata.labels?.[label] === 'true')) client.removeFinally(apiServices, '', name)
}

const available = (lastTransitionTime: string) => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime,
  reason: 'Local',
  message: 'Local APIServices are always available',
})
