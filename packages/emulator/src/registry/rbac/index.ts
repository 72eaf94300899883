import type { Strategy } from '../strategy.ts'
import { clusterRoleBindingStrategy, roleBindingStrategy } from './role-binding-strategy.ts'
import { clusterRoleStrategy, roleStrategy } from './role-strategy.ts'

/** The strategies of rbac.authorization.k8s.io by resource. */
export const rbacStrategies: Readonly<Record<string, Strategy>> = {
  roles: roleStrategy,
  clusterroles: clusterRoleStrategy,
  rolebindings: roleBindingStrategy,
  clusterrolebindings: clusterRoleBindingStrategy,
}
