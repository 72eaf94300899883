import { StatusError } from '../../apimachinery/status-error.ts'

/** 504 for a resourceVersion that no write has reached yet. */
export function tooLargeResourceVersion(asked: number, current: number): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  })
}
