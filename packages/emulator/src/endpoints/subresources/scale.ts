import { newNotFound } from '../../apimachinery/status-error.ts'
import type { ApiResponse } from '../http.ts'
import type { RequestScope } from '../scope.ts'

/** The number of replicas of a workload (autoscaling/v1 Scale). */
export function serveScale(scope: RequestScope): ApiResponse {
  throw newNotFound(scope.definition, scope.info.name)
}
