import { createNodeAuthorizer } from './node/authorizer.ts'
import type { NodeRelationsSource } from './node/relations.ts'
import { createRbacAuthorizer, type RbacAuthorizer, type RulesAuthorizer } from './rbac/authorizer.ts'
import type { RbacSource } from './rbac/rule-resolver.ts'
import { privilegedGroupAuthorizer, unionAuthorizer } from './union.ts'

export interface ServerAuthorizer extends RulesAuthorizer {
  /** To be told of changes (`objectChanged`, `reload`), and asked for rules by the checks of escalation (`resolver`). */
  readonly rbac: RbacAuthorizer
}

/** The authorizers of a server that runs with `--authorization-mode=Node,RBAC`: system:masters, nodes, RBAC, in this order. */
export function createServerAuthorizer(source: RbacSource & NodeRelationsSource): ServerAuthorizer {
  const rbac = createRbacAuthorizer(source)
  const nodeRole = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node' }
  const node = createNodeAuthorizer({ source, rules: () => rbac.resolver.rulesOf(nodeRole, '') ?? [] })
  return { ...unionAuthorizer([privilegedGroupAuthorizer, node, rbac]), rbac }
}
