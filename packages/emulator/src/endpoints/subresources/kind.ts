import type { GroupVersionKind } from '../../apimachinery/group-version.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { RequestScope } from '../scope.ts'

/** A subresource's own kind, as if it were a resource: with the names and access of the one that it belongs to. */
export function definitionOfKind({ definition, services }: RequestScope, kind: GroupVersionKind): ResourceDefinition {
  return { ...definition, ...kind, codec: services.codecOf(kind), strategy: {}, custom: false, storageKind: kind }
}
