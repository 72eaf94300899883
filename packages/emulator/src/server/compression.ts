import { gzip } from 'node:zlib'
import { memoize } from '../apimachinery/memoize.ts'
import type { ApiResponse } from '../endpoints/http.ts'

/** Bytes from which the API server compresses, for clients that take it. */
const threshold = 128 * 1024

const compressible = /^application\/(json|yaml|vnd\.kubernetes\.protobuf)/

/** Whether a body is worth compressing, and may be: one of API objects whose reader takes gzip. */
export function wantsGzip(acceptEncoding: string | undefined, { headers, status }: ApiResponse, length: number): boolean {
  if (length <= threshold || status >= 300 || acceptEncoding === undefined) return false
  if (headers['content-encoding'] !== undefined || !compressible.test(String(headers['content-type'] ?? ''))) return false
  return acceptEncoding.split(',').some((coding) => coding.split(';')[0]!.trim() === 'gzip')
}

/** Compresses for speed, away from the main thread; the same bytes once. */
export const compress = memoize(
  (bytes: Uint8Array) =>
    new Promise<Uint8Array>((resolve, reject) => gzip(bytes, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result)))),
)
