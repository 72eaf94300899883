import { EMPTY, type FieldSet } from './field-set.ts'
import { pathSet } from './ownership.ts'

const STATUS = pathSet('status')
const SPEC = pathSet('spec')
const ALL_BUT_STATUS = pathSet('metadata', 'spec')

/** Where a writer's own part differs: by resource and subresource (Go: GetResetFields of the strategies). */
const EXCEPTIONS: Readonly<Record<string, FieldSet>> = {
  'deployments.apps/status': pathSet('spec', 'metadata.labels'),
  'pods/status': pathSet('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'),
  'certificatesigningrequests.certificates.k8s.io': pathSet('spec', 'status'),
  'certificatesigningrequests.certificates.k8s.io/status': pathSet('spec', 'status.conditions'),
  'certificatesigningrequests.certificates.k8s.io/approval': pathSet('spec', 'status.certificate'),
  'validatingadmissionpolicies.admissionregistration.k8s.io/status': ALL_BUT_STATUS,
  'flowschemas.flowcontrol.apiserver.k8s.io/status': ALL_BUT_STATUS,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io/status': ALL_BUT_STATUS,
  'servicecidrs.networking.k8s.io/status': ALL_BUT_STATUS,
  'resourceclaims.resource.k8s.io/status': ALL_BUT_STATUS,
  'volumeattachments.storage.k8s.io/status': ALL_BUT_STATUS,
  'customresourcedefinitions.apiextensions.k8s.io/status': ALL_BUT_STATUS,
  'apiservices.apiregistration.k8s.io/status': ALL_BUT_STATUS,
}

interface WrittenPart {
  /** The resource with its group, such as `deployments.apps`. */
  qualifiedResource: string
  /** '' for the object itself. */
  subresource: string
  /** Whether the resource has a status of its own, as a subresource. */
  hasStatus: boolean
  custom: boolean
}

/** What the writer of a part cannot change, and so never comes to own. */
export function resetFieldsOf({ qualifiedResource, subresource, hasStatus, custom }: WrittenPart): FieldSet {
  const exception = EXCEPTIONS[subresource === '' ? qualifiedResource : `${qualifiedResource}/${subresource}`]
  if (exception !== undefined) return exception
  if (!hasStatus || subresource === 'scale') return EMPTY
  if (subresource === 'status') return custom ? ALL_BUT_STATUS : SPEC
  return subresource === '' || subresource === 'finalize' ? STATUS : EMPTY
}
