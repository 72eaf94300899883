import { patchTypeOf } from '../../apimachinery/patch/apply-patch.ts'
import type { ApiRequest } from '../http.ts'
import { checkRepresentations, representations } from './output.ts'

/**
 * What the router in front of a built-in resource's handlers asks: it looks at what comes before it looks at what is wanted.
 * @throws StatusError 415 for a patch of a type that there is not, 406 with the list of representations
 */
export function checkMedia(request: ApiRequest, action: string, available: readonly string[] = representations): void {
  if (action === 'patch') patchTypeOf(request.headers['content-type'] ?? '', false)
  checkRepresentations(request, available)
}
