import { formatTime } from '../../apimachinery/clock.ts'
import { type FieldError, invalid } from '../../apimachinery/field-error.ts'
import { parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest, newConflict, newInvalid } from '../../apimachinery/status-error.ts'
import { ensureNamespace } from '../../registry/store.ts'
import { transientRevision } from '../../registry/store-base.ts'
import type { KubernetesClaims } from '../../service-account/claims.ts'
import { mediaTypeOfBody, readBody } from '../body.ts'
import { admitCreate } from '../handlers/create.ts'
import { respondObject } from '../handlers/result.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { parseWriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'
import { definitionOfKind } from './kind.ts'

const group = 'authentication.k8s.io'
const kind = 'TokenRequest'
/** The life that asks for the kubelet's usual token: one more hour and seven seconds, KEP-2799. */
const warnOnlySeconds = 60 * 60 + 7
const extendedSeconds = 365 * 24 * 60 * 60

interface TokenRequestSpec {
  audiences?: string[] | null
  expirationSeconds?: number
  boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string } | null
}

/** Makes a token for a service account (TokenRequest, KEP-1205). */
export async function requestToken(scope: RequestScope): Promise<ApiResponse> {
  const { info, services, clock } = scope
  const format = negotiateOutput(scope.request, { transforms: true, tables: false })
  const mediaType = mediaTypeOfBody(scope.request)
  const body = await readBody(scope.request)
  const options = parseWriteOptions(scope.query, 'CreateOptions')
  const definition = definitionOfKind(scope, { group, version: 'v1', kind })
  const { object, warnings } = definition.codec.decode(body, mediaType, options.fieldValidation)
  for (const text of warnings) scope.warnings.add(text)
  const spec: TokenRequestSpec = object['spec'] ?? {}
  object['spec'] = spec
  spec.expirationSeconds ??= 3600
  ensureNamespace(object, info.namespace)
  await scope.services.managedFields.onWrite({ ...scope, definition }, undefined, object, options)
  await admitCreate(scope, object, options)
  matchMetadata(object, info.name)
  const account = scope.store.get(info.namespace, info.name).object
  const uid = account.metadata.uid!
  fillMetadata(object, account)
  if (!spec.audiences?.length) spec.audiences = [...services.tokens.apiAudiences]
  object.metadata.creationTimestamp = formatTime(clock.now())
  const errors = validateSpec(spec)
  if (errors.length > 0) throw newInvalid({ group, kind }, '', errors)
  const bound = boundObject(scope, spec)
  const lifetime = spec.expirationSeconds
  const extend = bound?.pod !== undefined && lifetime === warnOnlySeconds && isForServer(scope, spec.audiences)
  const { token } = await services.tokens.issuer.issue({
    account: { namespace: info.namespace, name: info.name, uid },
    audiences: spec.audiences,
    expirationSeconds: extend ? extendedSeconds : lifetime,
    ...(bound === undefined ? {} : { bound }),
    ...(extend ? { warnAfterSeconds: lifetime } : {}),
  })
  object['status'] = { token, expirationTimestamp: formatTime(clock.now() + lifetime * 1000) }
  const answered = transientRevision(definition.codec.normalize(object))
  return respondObject({ ...scope, definition }, 201, answered, format)
}

const isForServer = ({ services }: RequestScope, audiences: readonly string[]) =>
  audiences.every((audience) => services.tokens.apiAudiences.includes(audience))

function matchMetadata({ metadata }: KubeObject, name: string): void {
  if (!metadata.name || metadata.name === name) return
  throw newInvalid({ group, kind }, name, [invalid('metadata.name', metadata.name, 'must match the service account name if specified')])
}

function fillMetadata({ metadata }: KubeObject, account: KubeObject): void {
  const uid = account.metadata.uid!
  if (metadata.uid && metadata.uid !== uid) {
    const why = `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`
    throw newConflict({ group, resource: kind }, account.metadata.name!, why)
  }
  metadata.name = account.metadata.name!
  metadata.namespace = account.metadata.namespace!
  metadata.uid = uid
}

function validateSpec({ expirationSeconds = 0 }: TokenRequestSpec): FieldError[] {
  const field = 'spec.expirationSeconds'
  const errors: FieldError[] = []
  if (expirationSeconds < 600) errors.push(invalid(field, expirationSeconds, 'may not specify a duration less than 10 minutes'))
  if (expirationSeconds > 2 ** 32) errors.push(invalid(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'))
  return errors
}

/** As Go writes a GroupVersionKind: of an apiVersion that is none, nothing is left. */
function typeName(apiVersion: string, kind: string): string {
  const { group, version } = parseGroupVersion(apiVersion) ?? { group: '', version: '' }
  return `${group}/${version}, Kind=${kind}`
}

/** The claims about the object that the token is to be bound to. */
function boundObject(
  scope: RequestScope,
  { boundObjectRef: ref }: TokenRequestSpec,
): Pick<KubernetesClaims, 'pod' | 'secret' | 'node'> | undefined {
  if (ref === undefined || ref === null) return undefined
  const { apiVersion = '', kind: of = '', name = '' } = ref
  const slash = apiVersion.indexOf('/')
  const resource = slash < 0 ? { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[of] : undefined
  if (resource === undefined) {
    throw newBadRequest(`cannot bind token to object of type ${typeName(apiVersion, of)}`)
  }
  const store = scope.registry.storeOf('', resource)!
  const { object } = store.get(resource === 'nodes' ? '' : scope.info.namespace, name)
  if (resource === 'pods' && object['spec']?.serviceAccountName !== scope.info.name) {
    throw newBadRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(scope.info.name)} to pod running with different serviceaccount name.`,
    )
  }
  const uid = object.metadata.uid!
  if (ref.uid && ref.uid !== uid) {
    const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw newConflict({ group: '', resource: of }, name, why)
  }
  if (resource !== 'pods') return resource === 'nodes' ? { node: { name, uid } } : { secret: { name, uid } }
  const nodeName = object['spec']?.nodeName as string | undefined
  if (!nodeName) return { pod: { name, uid } }
  const node = scope.registry.lookup({ group: '', resource: 'nodes' }, '', nodeName)
  return { pod: { name, uid }, node: { name: nodeName, uid: node?.metadata.uid ?? '' } }
}
