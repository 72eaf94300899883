import { type FieldError, type FieldPath, invalid, required } from '../../../apimachinery/field-error.ts'
import {
  check,
  type Fields,
  isConfigMapKey,
  isDNS1123Subdomain,
  isRelaxedEnvVarName,
  nameIsDNSSubdomain,
  validateDNS1123Label,
} from '../../../apimachinery/validation/index.ts'
import { validateFieldRef, validateResourceFieldRef, variableFieldPaths } from './field-references.ts'
import { validateNoBacksteps } from './paths.ts'

export function validateEnv(variables: readonly Fields[], path: FieldPath): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = path.index(i)
    const { name = '' } = variable
    return [
      ...(name === '' ? [required(at.child('name'))] : check(isRelaxedEnvVarName, name, at.child('name'))),
      ...validateValueFrom(variable, at.child('valueFrom')),
    ]
  })
}

function validateValueFrom({ value = '', valueFrom }: Fields, path: FieldPath): FieldError[] {
  if (!valueFrom) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const errors: FieldError[] = []
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, variableFieldPaths, path.child('fieldRef')))
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), false))
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, path.child('configMapKeyRef')))
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, path.child('secretKeyRef')))
  if (fileKeyRef) errors.push(...validateFileKeyRef(fileKeyRef, path.child('fileKeyRef')))
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length
  if (count === 0) {
    const text = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    errors.push(invalid(path, '', text))
  } else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
  return errors
}

function validateKeyRef({ name = '', key = '' }: Fields, path: FieldPath): FieldError[] {
  const errors = check(isDNS1123Subdomain, name, path.child('name'))
  return [...errors, ...(key === '' ? [required(path.child('key'))] : check(isConfigMapKey, key, path.child('key')))]
}

function validateFileKeyRef({ key = '', volumeName = '', path: file = '' }: Fields, path: FieldPath): FieldError[] {
  return [
    ...(key === '' ? [required(path.child('key'))] : check(isRelaxedEnvVarName, key, path.child('key'))),
    ...(volumeName === '' ? [required(path.child('volumeName'))] : validateDNS1123Label(volumeName, path.child('volumeName'))),
    ...(file === '' ? [required(path.child('path'))] : validateNoBacksteps(file, path.child('path'))),
  ]
}

export function validateEnvFrom(sources: readonly Fields[], path: FieldPath): FieldError[] {
  return sources.flatMap(({ prefix = '', configMapRef, secretRef }, i) => {
    const at = path.index(i)
    const errors = prefix === '' ? [] : check(isRelaxedEnvVarName, prefix, at.child('prefix'))
    for (const [field, reference] of Object.entries({ configMapRef, secretRef })) {
      if (reference) errors.push(...validateSourceName(reference.name ?? '', at.child(field, 'name')))
    }
    // These two stand at the list, not at its item.
    if (!configMapRef && !secretRef) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (configMapRef && secretRef) errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
    return errors
  })
}

const validateSourceName = (name: string, path: FieldPath) =>
  name === '' ? [required(path)] : nameIsDNSSubdomain(name, true).map((text) => invalid(path, name, text))
