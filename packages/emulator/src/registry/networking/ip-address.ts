/** IPAddresses of Services (apis/networking, registry/networking/ipaddress). */
import { type FieldError, fieldPath, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { validateDNS1123Subdomain, validateImmutable, validateIP } from '../../apimachinery/validation/index.ts'
import { showInternal } from '../internal-values.ts'
import type { Strategy } from '../strategy.ts'
import { validateSegment, validateSegments } from './references.ts'

const path = fieldPath('spec').child('parentRef')

function validate({ spec = {} }: KubeObject): FieldError[] {
  const { parentRef } = spec
  if (!parentRef) return [required(path)]
  return [
    ...(parentRef.group ? validateDNS1123Subdomain(parentRef.group, path.child('group')) : []),
    ...validateSegments(parentRef, path, ['resource', 'name']),
    ...(parentRef.namespace ? validateSegment(parentRef.namespace, path.child('namespace')) : []),
  ]
}

const show = ({ spec }: KubeObject) => showInternal('*networking.ParentReference', spec?.parentRef)

export const ipAddress: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  nameRule: (name) => validateIP(name, path).map(({ message }) => message.slice(`Invalid value: ${JSON.stringify(name)}: `.length)),
  validate,
  validateUpdate: (object, old) => [...validate(object), ...validateImmutable(show(object), show(old), path)],
}
