import { formatTime } from '../apimachinery/clock.ts'
import { formatGroupVersion, parseGroupVersion, qualifiedName } from '../apimachinery/group-version.ts'
import { managerName } from '../apimachinery/managed-fields/manager-name.ts'
import type { OwnershipContext, VersionView } from '../apimachinery/managed-fields/ownership.ts'
import { SchemaMismatch } from '../apimachinery/managed-fields/path-element.ts'
import { resetFieldsOf } from '../apimachinery/managed-fields/reset-fields.ts'
import { updateManagedFields } from '../apimachinery/managed-fields/update.ts'
import { memoize } from '../apimachinery/memoize.ts'
import type { KubeObject, ManagedFieldsEntry } from '../apimachinery/object.ts'
import { copyDecoded } from '../apimachinery/scheme/emptied.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { RequestScope } from './scope.ts'
import type { ApiServices } from './services.ts'
import { type Convert, withConversions } from './version-conversions.ts'

/** Keeps metadata.managedFields. */
export function createManagedFields(schemas: ApiServices['schemas']): ApiServices['managedFields'] {
  return {
    onWrite(scope, live, object, { fieldManager }) {
      const track = (convert: Convert | undefined) =>
        updateManagedFields({
          ...ownershipContext(scope, schemas, convert),
          untyped: scope.definition.custom,
          live: live ?? zeroObject(scope.definition),
          updated: internalForm(scope.definition, object),
          manager: managerName(fieldManager, scope.request.headers['user-agent'] ?? ''),
          subresource: scope.info.subresource,
          now: formatTime(scope.clock.now()),
        })
      const entries = withConversions(scope.definition, track)
      if (!(entries instanceof Promise)) return setEntries(object, entries)
      // Like the API server, tracking gives up on what it cannot make sense of.
      return entries.then(
        (found) => setEntries(object, found),
        () => setEntries(object, undefined),
      )
    },
  }
}

function setEntries({ metadata }: KubeObject, entries: ManagedFieldsEntry[] | undefined): undefined {
  if (entries === undefined) delete metadata.managedFields
  else metadata.managedFields = entries
}

/** The object as the server sees it when it looks for changes: after the way through its internal type. */
function internalForm({ strategy }: ResourceDefinition, object: KubeObject): KubeObject {
  if (strategy.canonicalize === undefined) return object
  const copy = copyDecoded(object)
  strategy.canonicalize(copy)
  return copy
}

/** What tracking the owners of an object's fields needs to know of a request. */
export function ownershipContext(
  { definition, info, registry }: RequestScope,
  schemas: ApiServices['schemas'],
  convert?: Convert,
): OwnershipContext {
  return {
    ...(convert === undefined ? {} : { convert }),
    apiVersion: formatGroupVersion(definition),
    schema: schemas.of(definition),
    resetFields: resetFieldsOf({
      qualifiedResource: qualifiedName(definition.group, definition.resource),
      subresource: info.subresource,
      hasStatus: definition.subresources.has('status'),
      custom: definition.custom,
    }),
    resetsHereAlone: definition.custom,
    versionView(apiVersion) {
      const groupVersion = parseGroupVersion(apiVersion)
      // A version that is not served any more is passed over; what is none ends the tracking.
      if (groupVersion === undefined) throw new SchemaMismatch(`unexpected GroupVersion string: ${apiVersion}`)
      const other = registry.catalog.find(groupVersion.group, groupVersion.version, definition.resource)
      return other === undefined ? undefined : viewIn(definition, other, schemas, convert)
    },
  }
}

function viewIn(
  definition: ResourceDefinition,
  other: ResourceDefinition,
  schemas: ApiServices['schemas'],
  ask: Convert | undefined,
): VersionView {
  const convert = (object: unknown) => {
    if (ask !== undefined) return ask(object, formatGroupVersion(other))
    const stored = definition.codec.toStorage?.(object as KubeObject) ?? (object as KubeObject)
    return other.codec.fromStorage?.(stored) ?? stored
  }
  return { schema: schemas.of(other), convert }
}

/** An object of a type with nothing in it, as the server makes one before it decodes into it. */
export const zeroObject = memoize((definition: ResourceDefinition): KubeObject => {
  const empty: KubeObject = { apiVersion: formatGroupVersion(definition), kind: definition.kind, metadata: {} }
  return definition.custom ? empty : definition.codec.normalize(empty)
})
