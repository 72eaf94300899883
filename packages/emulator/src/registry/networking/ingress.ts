/** Ingresses (apis/networking, registry/networking/ingress). */
import { type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { quote } from '../../apimachinery/quote.ts'
import { emptiedMember } from '../../apimachinery/scheme/emptied.ts'
import {
  check,
  checkNumber,
  type Fields,
  ipWarnings,
  isDNS1123Subdomain,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
  nameIsDNSLabel,
  parseIP,
  validateDNS1123Subdomain,
  validateLegacyIP,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { validateKindReference } from './references.ts'

const classAnnotation = 'kubernetes.io/ingress.class'
const specPath = fieldPath('spec')
const statusPath = fieldPath('status').child('loadBalancer', 'ingress')

/** What the stored object may keep although it is not valid. */
interface Tolerated {
  secretNames?: boolean
  wildcardRules?: boolean
}

function validateSpec(spec: Fields, tolerated: Tolerated = {}): FieldError[] {
  const { rules, defaultBackend, tls, ingressClassName } = spec
  const list: Fields[] = rules ?? []
  const nothing = list.length === 0 && defaultBackend === undefined
  return [
    ...(nothing
      ? [invalid(specPath, rules ?? emptiedMember(spec, 'rules') ?? null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, specPath.child('defaultBackend')) : []),
    ...list.flatMap((rule, i) => validateRule(rule, specPath.child('rules').index(i), tolerated)),
    ...(tls ?? []).flatMap((each: Fields, i: number) => validateTLS(each, specPath.child('tls').index(i), tolerated)),
    ...(ingressClassName === undefined ? [] : validateDNS1123Subdomain(ingressClassName, specPath.child('ingressClassName'))),
  ]
}

const validateHost = (host: string, path: FieldPath) =>
  check(host.includes('*') ? isWildcardDNS1123Subdomain : isDNS1123Subdomain, host, path)

const notAddress = (host: string, path: FieldPath) =>
  parseIP(host) === undefined ? [] : [invalid(path, host, 'must be a DNS name, not an IP address')]

function validateRule({ host = '', http }: Fields, path: FieldPath, { wildcardRules }: Tolerated): FieldError[] {
  const at = path.child('host')
  const errors = host === '' ? [] : [...notAddress(host, at), ...validateHost(host, at)]
  return host.includes('*') && wildcardRules ? errors : [...errors, ...(http ? validateHTTP(http, path.child('http', 'paths')) : [])]
}

function validateHTTP({ paths }: Fields, path: FieldPath): FieldError[] {
  const list: Fields[] = paths ?? []
  return list.length === 0 ? [required(path)] : list.flatMap((each, i) => validatePath(each, path.index(i)))
}

function validatePath({ path: urlPath = '', pathType, backend = {} }: Fields, path: FieldPath): FieldError[] {
  if (pathType == null) return [required(path.child('pathType'), 'pathType must be specified')]
  const types = ['Exact', 'ImplementationSpecific', 'Prefix']
  return [
    ...validateOneOf(pathType, types, path.child('pathType')),
    ...(types.includes(pathType) ? validateURLPath(urlPath, pathType !== 'ImplementationSpecific', path.child('path')) : []),
    ...validateBackend(backend, path.child('backend')),
  ]
}

function validateURLPath(urlPath: string, strict: boolean, path: FieldPath): FieldError[] {
  const fail = (text: string) => invalid(path, urlPath, text)
  const relative = (strict || urlPath !== '') && !urlPath.startsWith('/') ? [fail('must be an absolute path')] : []
  if (!strict) return relative
  return [
    ...relative,
    ...['//', '/./', '/../', '%2f', '%2F'].filter((part) => urlPath.includes(part)).map((part) => fail(`must not contain '${part}'`)),
    ...['/..', '/.'].filter((end) => urlPath.endsWith(end)).map((end) => fail(`cannot end with '${end}'`)),
  ]
}

function validateBackend({ resource, service }: Fields, path: FieldPath): FieldError[] {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')]
  if (resource) return validateKindReference(resource, path.child('resource'))
  if (!service) return [invalid(path, '', 'resource or service backend is required')]
  const namePath = path.child('service', 'name')
  const named = service.name ? check((name) => nameIsDNSLabel(name, false), service.name, namePath) : [required(namePath)]
  return [...named, ...validateServicePort(service.port ?? {}, path)]
}

function validateServicePort({ name = '', number = 0 }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('service', 'port')
  if (name !== '' && number !== 0) return [invalid(path, '', 'cannot set both port name & port number')]
  if (name !== '') return check(isValidPortName, name, at.child('name'))
  return number === 0 ? [required(path, 'port name or number is required')] : checkNumber(isValidPortNum, number, at.child('number'))
}

function validateTLS({ hosts, secretName = '' }: Fields, path: FieldPath, { secretNames }: Tolerated): FieldError[] {
  return [
    ...(hosts ?? []).flatMap((host: string, i: number) => validateHost(host, path.child('hosts').index(i))),
    ...(secretNames || secretName === '' ? [] : validateDNS1123Subdomain(secretName, path.child('secretName'))),
  ]
}

function validate({ metadata, spec }: KubeObject): FieldError[] {
  const annotation = metadata.annotations?.[classAnnotation]
  const differs = annotation !== undefined && spec.ingressClassName !== undefined && annotation !== spec.ingressClassName
  const at = fieldPath('annotations').child(classAnnotation)
  return [...validateSpec(spec), ...(differs ? [invalid(at, annotation, 'must match `ingressClassName` when both are specified')] : [])]
}

const toleratedBy = ({ rules, tls }: Fields): Tolerated => ({
  secretNames: (tls ?? []).some(({ secretName = '' }: Fields) => secretName !== '' && isDNS1123Subdomain(secretName).length > 0),
  wildcardRules: (rules ?? []).some(({ host = '', http }: Fields) => host.includes('*') && http && validateHTTP(http, specPath).length > 0),
})

const addresses = ({ status = {} }: KubeObject): Fields[] => status.loadBalancer?.ingress ?? []

function validateStatus(object: KubeObject, old: KubeObject): FieldError[] {
  const known = addresses(old).flatMap(({ ip }) => ip ?? [])
  return addresses(object).flatMap(({ ip = '', hostname = '' }, i) => {
    const at = statusPath.index(i).child('hostname')
    return [
      ...(ip === '' ? [] : validateLegacyIP(ip, statusPath.index(i).child('ip'), known)),
      ...(hostname === '' ? [] : [...validateDNS1123Subdomain(hostname, at), ...notAddress(hostname, at)]),
    ]
  })
}

const statusWarnings = (object: KubeObject): string[] =>
  addresses(object).flatMap(({ ip }, i) => (ip ? ipWarnings(ip, statusPath.index(i)) : []))

export const ingress: Strategy = {
  metadataChecksOnUpdate: ['update', 'object'],
  ...specAndStatus({ emptyStatus: { loadBalancer: {} } }),
  validate,
  validateUpdate: ({ spec }, { spec: old }) => validateSpec(spec, toleratedBy(old)),
  warningsOnCreate: ({ metadata, spec }) =>
    metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName === undefined
      ? [`annotation ${quote(classAnnotation)} is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  status: {
    ...statusOnly,
    validateUpdate(object, old, context) {
      const errors = validateStatus(object, old)
      if (errors.length === 0) statusWarnings(object).forEach(context.warn)
      return errors
    },
  },
}
