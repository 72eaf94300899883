import { deepEqual } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { newInternalError } from '../apimachinery/status-error.ts'
import type { AdmissionAttributes } from '../registry/context.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import { inVersion } from './versions.ts'

/**
 * Puts in place of the request's object what a webhook or a policy made of it, in the version that they were given.
 * @returns whether that is something else
 * @throws StatusError 500 if it is no such object
 */
export function replaceObject(attributes: AdmissionAttributes, asked: ResourceDefinition, before: KubeObject, value: unknown): boolean {
  const object = attributes.object!
  const { definition } = attributes
  const isResource = object.kind === definition.kind
  const changed = isResource ? decode(asked, value) : (value as KubeObject)
  if (isResource) asked.strategy.applyDefaults?.(changed)
  if (deepEqual(before, changed)) return false
  const made = inVersion(changed, asked, definition)
  for (const field of Object.keys(object)) delete object[field]
  Object.assign(object, made)
  return true
}

function decode({ codec }: ResourceDefinition, value: unknown): KubeObject {
  try {
    return codec.decodeValue(value).object
  } catch (error) {
    throw newInternalError((error as Error).message)
  }
}
