import { newNotFound } from '../../apimachinery/status-error.ts'
import type { ApiResponse } from '../http.ts'
import type { RequestScope } from '../scope.ts'

/** Deletes a Pod if its disruption budgets let it (policy/v1 Eviction). */
export function evictPod(scope: RequestScope): ApiResponse {
  throw newNotFound(scope.definition, scope.info.name)
}
