import type { KubeObject } from '../../apimachinery/object.ts'
import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const addresses = { group: 'networking.k8s.io', resource: 'ipaddresses' }
const endpoints = { group: '', resource: 'endpoints' }

/** Keeps the IPAddress objects of Services (KEP-1880), and lets their Endpoints go with them. */
export function serviceAddresses(client: SystemClient): Controller {
  const claim = ({ metadata }: KubeObject, address: string) => {
    if (client.get(addresses, '', address) !== undefined) return
    const family = address.includes(':') ? 'IPv6' : 'IPv4'
    client.create(addresses, {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name: address,
        labels: { 'ipaddress.kubernetes.io/ip-family': family, 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
      },
      spec: { parentRef: { resource: 'services', namespace: metadata.namespace, name: metadata.name } },
    })
  }

  const release = async (service: KubeObject, address: string) => {
    const parent = client.get(addresses, '', address)?.['spec']?.parentRef
    const { namespace, name } = service.metadata
    if (parent?.namespace === namespace && parent?.name === name) await client.delete(addresses, '', address)
  }

  return {
    async changed({ group, resource, change: { object, previous, deleted } }) {
      if (group !== '' || resource !== 'services') return
      const before = previous === undefined || previous.deleted ? [] : addressesOf(previous.object)
      const now = deleted ? [] : addressesOf(object)
      for (const address of now) claim(object, address)
      const gone = (deleted ? addressesOf(object) : before).filter((address) => !now.includes(address))
      for (const address of gone) await release(object, address)
      if (deleted) await client.delete(endpoints, object.metadata.namespace ?? '', object.metadata.name ?? '')
    },
  }
}

const addressesOf = ({ spec }: KubeObject): string[] =>
  (spec?.clusterIPs ?? []).filter((address: string) => address !== '' && address !== 'None')
