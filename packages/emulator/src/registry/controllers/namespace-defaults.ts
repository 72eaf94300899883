import type { Controller } from './controller.ts'
import type { SystemClient } from './system-client.ts'

const accounts = { group: '', resource: 'serviceaccounts' }
const configMaps = { group: '', resource: 'configmaps' }
const namespaces = { group: '', resource: 'namespaces' }

const rootCaName = 'kube-root-ca.crt'

/** Gives each namespace its default ServiceAccount and the ConfigMap with the cluster's CA, again if somebody deletes them. */
export function namespaceDefaults(client: SystemClient, caCertificate: string): Controller {
  const ensure = (namespace: string) => {
    const found = client.get(namespaces, '', namespace)
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    if (client.get(accounts, namespace, 'default') === undefined) {
      client.create(accounts, { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default', namespace } })
    }
    ensureRootCa(namespace)
  }

  const ensureRootCa = (namespace: string) => {
    const found = client.get(configMaps, namespace, rootCaName)
    if (found === undefined) {
      const metadata = { name: rootCaName, namespace, annotations: { 'kubernetes.io/description': rootCaDescription } }
      client.create(configMaps, { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { 'ca.crt': caCertificate } })
    } else if (found['data']?.['ca.crt'] !== caCertificate) {
      client.update(configMaps, namespace, rootCaName, (object) => {
        object['data'] = { 'ca.crt': caCertificate }
      })
    }
  }

  return {
    changed({ resource, key, change }) {
      if (resource === 'namespaces') ensure(key)
      else if (resource === 'serviceaccounts' && change.deleted && key.endsWith('/default')) ensure(key.split('/')[0]!)
      else if (resource === 'configmaps' && key.endsWith(`/${rootCaName}`)) ensure(key.split('/')[0]!)
    },
  }
}

const rootCaDescription =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
