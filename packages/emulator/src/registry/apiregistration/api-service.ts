/** APIServices (kube-aggregator, apis/apiregistration and registry/apiservice). */
import { formatTime } from '../../apimachinery/clock.ts'
import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import {
  check,
  type Fields,
  isDNS1035Label,
  isDNS1123Subdomain,
  isValidPortNum,
  pathSegmentName,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { keepField } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const specPath = fieldPath('spec')

function nameRule(name: string, prefix: boolean, { spec }: KubeObject): string[] {
  const errors = pathSegmentName(name, prefix)
  const expected = `${spec.version ?? ''}.${spec.group ?? ''}`
  return errors.length > 0 || name === expected ? errors : [`must be \`spec.version+"."+spec.group\`: ${quote(expected)}`]
}

function validate(object: KubeObject): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum: groupPriority = 0, versionPriority = 0, service } = object['spec']
  const between = (value: number, field: string, max: number) =>
    value <= 0 || value > max ? [invalid(specPath.child(field), value, `must be positive and less than ${max}`)] : []
  const legacyOnly = 'only v1 may have an empty group and it better be legacy kube'
  return [
    ...(group === '' && version !== 'v1' ? [required(specPath.child('group'), legacyOnly)] : []),
    ...(group === '' ? [] : check(isDNS1123Subdomain, group, specPath.child('group'))),
    ...check(isDNS1035Label, version, specPath.child('version')),
    ...between(groupPriority, 'groupPriorityMinimum', 20_000),
    ...between(versionPriority, 'versionPriority', 1000),
    ...(service ? validateRemote(object['spec']) : validateLocal(object['spec'])),
  ]
}

function validateLocal({ caBundle = '', insecureSkipTLSVerify }: Fields): FieldError[] {
  const size = Buffer.from(caBundle ?? '', 'base64').length
  const skip = specPath.child('insecureSkipTLSVerify')
  return [
    ...(size > 0 ? [invalid(specPath.child('caBundle'), `${size} bytes`, 'local APIServices may not have a caBundle')] : []),
    ...(insecureSkipTLSVerify ? [invalid(skip, true, 'local APIServices may not have insecureSkipTLSVerify')] : []),
  ]
}

function validateRemote({ service, caBundle, insecureSkipTLSVerify }: Fields): FieldError[] {
  const path = specPath.child('service')
  const portErrors = isValidPortNum(service.port)
  const both = insecureSkipTLSVerify && caBundle
  return [
    ...['namespace', 'name'].filter((field) => !service[field]).map((field) => required(path.child(field))),
    ...(portErrors.length > 0 ? [invalid(path.child('port'), service.port, `port is not valid: ${portErrors.join(', ')}`)] : []),
    ...(both ? [invalid(specPath.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')] : []),
  ]
}

export const apiService: Strategy = {
  metadataChecksOnUpdate: ['update', 'object'],
  nameRule,
  allowUnconditionalUpdate: false,
  applyDefaults(object) {
    object['spec'] ??= {}
    if (object['spec'].service) object['spec'].service.port ??= 443
  },
  prepareForCreate(object, { clock }) {
    object['status'] = {}
    if (object['spec'].service) return
    const available = { type: 'Available', status: 'True', lastTransitionTime: formatTime(clock.now()) }
    object['status'].conditions = [{ ...available, reason: 'Local', message: 'Local APIServices are always available' }]
  },
  prepareForUpdate: (object, old) => keepField(object, old, 'status'),
  validate,
  validateUpdate: validate,
  status: {
    prepareForUpdate(object, old) {
      keepField(object, old, 'spec')
      for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences']) keepField(object.metadata, old.metadata, field)
    },
    validateUpdate: ({ status }) =>
      (status?.conditions ?? []).flatMap(({ status: value = '' }: Fields, i: number) =>
        validateOneOf(value, ['True', 'False', 'Unknown'], fieldPath('status').child('conditions').index(i).child('status')),
      ),
  },
}
