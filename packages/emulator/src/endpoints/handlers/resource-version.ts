import { StatusError } from '../../apimachinery/status-error.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'

/**
 * 504 for a resourceVersion that no write has reached yet.
 * @param cached whether the API server would answer from its watch cache, which says when to come back; etcd does not
 */
export function tooLargeResourceVersion(asked: number, current: number, cached: boolean): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      ...(cached ? { retryAfterSeconds: 1 } : {}),
    },
  })
}

/** Events are the one resource that the API server keeps no watch cache of. */
export const hasWatchCache = ({ resource, group }: ResourceDefinition): boolean =>
  resource !== 'events' || (group !== '' && group !== 'events.k8s.io')
