/** VolumeAttributesClasses (apis/storage, registry/storage/volumeattributesclass). */
import { type FieldError, fieldPath, forbidden, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { differ } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateParameters, validateProvisioner } from './provisioner.ts'

const parametersPath = fieldPath('parameters')

const validate = ({ driverName, parameters = {} }: KubeObject): FieldError[] => [
  ...validateProvisioner(driverName, fieldPath('driverName')),
  ...validateParameters(parameters, parametersPath),
  ...(Object.keys(parameters).length === 0 ? [required(parametersPath, 'must contain at least one key/value pair')] : []),
]

export const volumeAttributesClass: Strategy = {
  metadataChecksOnUpdate: ['update', 'object'],
  returnsDeletedObject: true,
  validate,
  validateUpdate: (object, old) => [
    ...['driverName', 'parameters']
      .filter((field) => differ(object[field], old[field]))
      .map((field) => forbidden(field, `updates to ${field} are forbidden.`)),
    ...validate(object),
  ],
}
