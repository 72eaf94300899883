import { deepCopy } from '../apimachinery/deep-copy.ts'
import { parseGroupVersion } from '../apimachinery/group-version.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { ResourceDefinition } from '../registry/resource.ts'

/** The same object as another version or group has it; bodies of subresources stay as they are. */
export function inVersion(object: KubeObject, from: ResourceDefinition, to: ResourceDefinition): KubeObject {
  if (from === to || object.kind !== from.kind) return object
  const stored = from.codec.toStorage?.(deepCopy(object)) ?? object
  return to.codec.fromStorage?.(stored) ?? stored
}

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** What the request carries: the resource itself, or what its subresource takes. */
export function kindOf({ object, oldObject, definition, subresource }: AdmissionAttributes): GroupVersionKind {
  const { group, version, kind } = definition
  const body = object ?? oldObject
  if (subresource === '' || body === undefined) return { group, version, kind }
  return { ...(parseGroupVersion(body.apiVersion) ?? { group, version }), kind: body.kind }
}
