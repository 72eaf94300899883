import { newForbidden, newNotFound } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { Registry } from '../registry/registry.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Nothing is made in a namespace that is missing or going, and some namespaces stay (the NamespaceLifecycle plugin). */
export function namespaceLifecycle(registry: () => Registry): (attributes: AdmissionAttributes) => void {
  return ({ definition, operation, namespace, name }) => {
    const isNamespace = definition.group === '' && definition.resource === 'namespaces'
    if (operation === 'DELETE' && isNamespace && immortal.has(name)) {
      throw newForbidden(definition, name, 'this namespace may not be deleted')
    }
    if (isNamespace || !definition.namespaced || operation !== 'CREATE') return
    if (definition.resource === 'localsubjectaccessreviews') return
    const found = registry().lookup({ group: '', resource: 'namespaces' }, '', namespace)
    if (found === undefined) throw newNotFound({ group: '', resource: 'namespaces' }, namespace)
    if (found['status']?.phase !== 'Terminating') return
    const error = newForbidden(definition, name, `unable to create new content in namespace ${namespace} because it is being terminated`)
    error.status.details!.causes = [
      { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
    ]
    throw error
  }
}
