/**
 * CertificateSigningRequests (apis/certificates, registry/certificates/certificates). Their spec never changes, and says who made them;
 * conditions of approval are written through `approval`, certificates through `status`.
 */
import { formatTime } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { duplicate, type FieldError, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { type Fields, validateOneOf, validateRequiredOneOf } from '../../apimachinery/validation/index.ts'
import { differ, keepField } from '../spec-and-status.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { certificateError, requestError } from './pem.ts'
import { validateSignerName } from './signer-name.ts'

const specPath = fieldPath('spec')
const conditionsPath = fieldPath('status').child('conditions')
const certificatePath = fieldPath('status').child('certificate')
const legacySigner = 'kubernetes.io/legacy-unknown'
const minSeconds = 600
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

const conditionsOf = ({ status }: KubeObject): Fields[] => status?.conditions ?? []
const certificateOf = ({ status }: KubeObject): string => status?.certificate ?? ''
const ofType = (object: KubeObject, type: string) => conditionsOf(object).filter((condition) => condition['type'] === type)

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { request, usages: list, signerName = '', expirationSeconds: seconds } = object['spec']
  const error = requestError(request ?? '')
  const signerPath = specPath.child('signerName')
  const isLegacy = signerName === legacySigner && old?.['spec'].signerName !== legacySigner
  const tooShort = 'may not specify a duration less than 600 seconds (10 minutes)'
  return [
    ...(error === undefined ? [] : [invalid(specPath.child('request'), request ?? null, error)]),
    ...validateUsages(list ?? []),
    ...(isLegacy
      ? [invalid(signerPath, signerName, 'the legacy signerName is not allowed via this API version')]
      : validateSignerName(signerName, signerPath)),
    ...(seconds < minSeconds ? [invalid(specPath.child('expirationSeconds'), seconds, tooShort)] : []),
    ...validateConditions(conditionsOf(object), old === undefined ? [] : conditionsOf(old)),
    ...validateCertificate(object, old),
  ]
}

function validateUsages(list: string[]): FieldError[] {
  const path = specPath.child('usages')
  return [
    ...(list.length === 0 ? [required(path)] : []),
    ...list.flatMap((usage, i) => validateOneOf(usage, usages, path.index(i))),
    ...list.flatMap((usage, i) => (list.indexOf(usage) < i ? [duplicate(path.index(i), usage)] : [])),
  ]
}

/** `old`: an update may keep what the stored conditions get wrong. */
function validateConditions(conditions: Fields[], old: Fields[]): FieldError[] {
  const [types, oldTypes] = [conditions, old].map((list) => list.map(({ type = '' }) => type as string)) as [string[], string[]]
  const mayRepeat = new Set(oldTypes).size < oldTypes.length
  const mayContradict = oldTypes.includes('Approved') && oldTypes.includes('Denied')
  return conditions.flatMap(({ status }, i) => {
    const path = conditionsPath.index(i)
    const type = types[i]!
    const opposite = { Approved: 'Denied', Denied: 'Approved' }[type]
    const contradicts = opposite !== undefined && types.slice(0, i).includes(opposite)
    const allowed = ['Approved', 'Denied', 'Failed'].includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    return [
      ...(type === '' && !oldTypes.includes('') ? [required(path.child('type'))] : []),
      ...validateRequiredOneOf(status, allowed, path.child('status')),
      ...(contradicts && !mayContradict ? [invalid(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive')] : []),
      ...(types.indexOf(type) < i && !mayRepeat ? [duplicate(path.child('type'), type)] : []),
    ]
  })
}

function validateCertificate(object: KubeObject, old?: KubeObject): FieldError[] {
  const certificate = certificateOf(object)
  if (old !== undefined && (certificate === certificateOf(old) || certificateError(certificateOf(old)) !== undefined)) return []
  const error = certificateError(certificate)
  return error === undefined ? [] : [invalid(certificatePath, '<certificate data>', error)]
}

/** What each way to write a request may touch. */
interface Rights {
  approval?: boolean
  certificate?: boolean
}

const validateUpdate = (rights: Rights) => (object: KubeObject, old: KubeObject) => [
  ...validate(object, old),
  ...['Approved', 'Denied', 'Failed']
    .filter((type) => ofType(object, type).length < ofType(old, type).length)
    .map((type) => forbidden(conditionsPath, `updates may not remove a condition of type ${quote(type)}`)),
  ...(rights.approval
    ? []
    : ['Approved', 'Denied']
        .filter((type) => ofType(object, type).length > ofType(old, type).length)
        .map((type) => forbidden(conditionsPath, `updates may not add a condition of type ${quote(type)}`))),
  ...validateCertificateChange(object, old, rights),
]

function validateCertificateChange(object: KubeObject, old: KubeObject, { certificate }: Rights): FieldError[] {
  if (certificateOf(object) === certificateOf(old)) return []
  if (!certificate) return [forbidden(certificatePath, 'updates may not set certificate content')]
  return certificateOf(old) === '' ? [] : [forbidden(certificatePath, 'updates may not modify existing certificate content')]
}

/** Conditions without times get the time of the request, or keep the time of their last transition. */
function setTimes(object: KubeObject, old: KubeObject, { clock }: StrategyContext): void {
  const now = formatTime(clock.now())
  for (const condition of conditionsOf(object)) {
    const same = conditionsOf(old).find(
      ({ type, status, lastTransitionTime }) => type === condition['type'] && status === condition['status'] && lastTransitionTime,
    )
    condition['lastUpdateTime'] ??= now
    condition['lastTransitionTime'] ??= same?.['lastTransitionTime'] ?? now
  }
}

/** Updates of the status take approvals as they are stored, if there are as many. */
function keepApprovals(object: KubeObject, old: KubeObject): void {
  for (const type of ['Approved', 'Denied']) {
    const stored = ofType(old, type)
    if (stored.length !== ofType(object, type).length) continue
    const kept = deepCopy(stored)
    object['status'].conditions = conditionsOf(object).map((condition) => (condition['type'] === type ? kept.shift()! : condition))
  }
}

function setRequester({ spec }: KubeObject, { user }: StrategyContext): void {
  for (const field of ['username', 'uid', 'groups', 'extra']) delete spec[field]
  const { name, uid, groups, extra } = user
  Object.assign(spec, { username: name, groups: [...groups] })
  if (uid !== '') spec.uid = uid
  if (Object.keys(extra).length > 0) spec.extra = deepCopy(extra)
}

export const certificateSigningRequest: Strategy = {
  metadataChecksOnUpdate: ['object', 'update'],
  nameRule: () => [],
  prepareForCreate(object, context) {
    setRequester(object, context)
    object['status'] = {}
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'spec')
    keepField(object, old, 'status')
  },
  validate: (object) => validate(object),
  validateUpdate: validateUpdate({}),
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  selectableFieldNames: ['spec.signerName'],
  status: {
    metadataChecksOnUpdate: ['object', 'update'],
    prepareForUpdate(object, old, context) {
      keepField(object, old, 'spec')
      keepApprovals(object, old)
      setTimes(object, old, context)
    },
    validateUpdate: validateUpdate({ certificate: true }),
  },
  subresources: {
    approval: {
      metadataChecksOnUpdate: ['object', 'update'],
      prepareForUpdate(object, old, context) {
        setTimes(object, old, context)
        const conditions = conditionsOf(object)
        keepField(object, old, 'spec')
        object['status'] = { ...deepCopy(old['status']), conditions }
        if (!differ(conditions, undefined)) delete object['status'].conditions
      },
      validateUpdate: validateUpdate({ approval: true }),
    },
  },
}
