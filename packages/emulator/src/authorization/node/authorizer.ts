import { quote } from '../../apimachinery/quote.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes, Decision } from '../attributes.ts'
import type { RulesAuthorizer } from '../rbac/authorizer.ts'
import { type PolicyRule, ruleAllows } from '../rbac/policy-rule.ts'
import { isRelated, type NodeRelationsSource, type RelatedResource } from './relations.ts'

export interface NodeAuthorizerOptions {
  source: NodeRelationsSource
  /** What every node may do: the rules of the ClusterRole system:node. Asked for at the first request of a node. */
  rules(): readonly PolicyRule[]
}

/** A node's request, and the node's name. */
interface NodeRequest extends Attributes {
  node: string
  source: NodeRelationsSource
}

type Check = (request: NodeRequest) => Decision

const allow: Decision = { verdict: 'allow', reason: '' }
const noOpinion = (reason = ''): Decision => ({ verdict: 'noOpinion', reason })
const noOpinionAtAll = noOpinion()

/** Kubelets may read what their Pods need and write what is their own (kubernetes, plugin/pkg/auth/authorizer/node). */
export function createNodeAuthorizer({ source, rules }: NodeAuthorizerOptions): RulesAuthorizer {
  return {
    authorize(attributes) {
      const node = nodeOf(attributes.user)
      if (node === undefined) return noOpinionAtAll
      if (node === '') return noOpinion(`unknown node for user ${quote(attributes.user.name)}`)
      const check = attributes.resourceRequest ? checks[`${attributes.group}/${attributes.resource}`] : undefined
      if (check !== undefined) return check({ ...attributes, node, source })
      return rules().some((rule) => ruleAllows(rule, attributes)) ? allow : noOpinionAtAll
    },
    rulesFor(user) {
      const rulesOfOthers = { resourceRules: [], nonResourceRules: [], incomplete: false }
      if (nodeOf(user) === undefined) return rulesOfOthers
      return { ...rulesOfOthers, incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' }
    },
  }
}

/** The name of the node that a user is; undefined for other users. */
function nodeOf({ name, groups }: UserInfo): string | undefined {
  return name.startsWith('system:node:') && groups.includes('system:nodes') ? name.slice('system:node:'.length) : undefined
}

function checkRelation({ source, node, namespace, name }: NodeRequest, resource: RelatedResource): Decision {
  if (name === '') return noOpinion('No Object name found')
  return isRelated(source, resource, node, namespace, name) ? allow : unrelated(node)
}

const unrelated = (node: string) => noOpinion(`no relationship found between node '${node}' and this object`)

const read =
  (resource: RelatedResource): Check =>
  (request) => {
    if (!['get', 'list', 'watch'].includes(request.verb)) return noOpinion('can only read resources of this type')
    if (request.subresource !== '') return noOpinion('cannot read subresource')
    return request.namespace === '' ? noOpinion('can only read namespaced object of this type') : checkRelation(request, resource)
  }

const get =
  (resource: RelatedResource): Check =>
  (request) => {
    if (request.verb !== 'get') return noOpinion('can only get individual resources of this type')
    return request.subresource === '' ? checkRelation(request, resource) : noOpinion('cannot get subresource')
  }

const checkClaim: Check = (request) => {
  if (request.subresource !== 'status') return get('persistentvolumeclaims')(request)
  if (request.verb !== 'update' && request.verb !== 'patch') return noOpinion('can only get/update/patch this type')
  return checkRelation(request, 'persistentvolumeclaims')
}

const checkServiceAccount: Check = (request) => {
  const { verb, subresource, name, node } = request
  if (verb === 'get' && subresource === '') return read('serviceaccounts')(request)
  if (verb !== 'create' || name === '') return noOpinion('can only create tokens for individual service accounts')
  if (subresource !== 'token') return noOpinion('can only create token subresource of serviceaccount')
  return isRelated(request.source, 'serviceaccounts', node, request.namespace, name) ? allow : unrelated(node)
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete']

/** On create the name is not known yet; admission checks it then. */
const isOwn = ({ verb, name, node }: NodeRequest) => verb === 'create' || name === node

const checkLease: Check = (request) => {
  if (!ownVerbs.includes(request.verb)) return noOpinion('can only get, create, update, patch, or delete a node lease')
  if (request.namespace !== 'kube-node-lease') return noOpinion('can only access leases in the "kube-node-lease" system namespace')
  return isOwn(request) ? allow : noOpinion('can only access node lease with the same name as the requesting node')
}

const checkCsiNode: Check = (request) => {
  if (!ownVerbs.includes(request.verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode')
  if (request.subresource !== '') return noOpinion('cannot authorize CSINode subresources')
  return isOwn(request) ? allow : noOpinion('can only access CSINode with the same name as the requesting node')
}

const checkResourceSlice: Check = (request) => {
  if (request.subresource !== '') return noOpinion('cannot authorize ResourceSlice subresources')
  switch (request.verb) {
    case 'create':
      return allow
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return checkRelation(request, 'resourceslices')
    case 'watch':
    case 'list':
    case 'deletecollection':
      return selectsOwnNode(request) ? allow : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector')
    default: {
      const verbs = 'get, watch, list, create, update, patch, delete, deletecollection'
      return noOpinion(`only the following verbs are allowed for a ResourceSlice: ${verbs}`)
    }
  }
}

const selectsOwnNode = ({ fieldSelector, node }: NodeRequest) =>
  (fieldSelector ?? []).some(({ key, operator, values }) => key === 'spec.nodeName' && operator === 'In' && values?.[0] === node)

const checkNode: Check = ({ subresource, verb, name, node }) => {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : noOpinionAtAll
  if (subresource !== '') return noOpinionAtAll
  if (verb === 'create' || verb === 'update' || verb === 'patch') return allow
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return noOpinionAtAll
  if (name === node) return allow
  return noOpinion(`node '${node}' cannot read ${name === '' ? 'all nodes' : `'${name}'`}, only its own Node object`)
}

const checkPod: Check = (request) => {
  const { subresource, verb } = request
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : noOpinionAtAll
  if (subresource === 'eviction') return verb === 'create' ? allow : noOpinionAtAll
  if (subresource !== '') return noOpinionAtAll
  if (verb === 'get') return checkRelation(request, 'pods')
  if (verb === 'create' || verb === 'delete') return allow
  if (verb !== 'list' && verb !== 'watch') return noOpinionAtAll
  if (selectsOwnNode(request)) return allow
  return request.name === '' ? noOpinion('can only list/watch pods with spec.nodeName field selector') : checkRelation(request, 'pods')
}

/** Other resources are the same for all nodes. */
const checks: Readonly<Record<string, Check>> = {
  '/secrets': read('secrets'),
  '/configmaps': read('configmaps'),
  '/persistentvolumeclaims': checkClaim,
  '/persistentvolumes': get('persistentvolumes'),
  '/serviceaccounts': checkServiceAccount,
  '/nodes': checkNode,
  '/pods': checkPod,
  'resource.k8s.io/resourceclaims': get('resourceclaims'),
  'resource.k8s.io/resourceslices': checkResourceSlice,
  'storage.k8s.io/volumeattachments': get('volumeattachments'),
  'storage.k8s.io/csinodes': checkCsiNode,
  'coordination.k8s.io/leases': checkLease,
  // Pod certificates are off by default.
  'certificates.k8s.io/podcertificaterequests': () => noOpinionAtAll,
}
