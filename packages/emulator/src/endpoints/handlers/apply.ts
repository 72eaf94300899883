import { newUnsupportedMediaType } from '../../apimachinery/status-error.ts'
import type { UpdateResult } from '../../registry/store.ts'
import type { WriteOptions } from '../options.ts'
import type { RequestScope } from '../scope.ts'

/** Server-side apply. */
export async function applyConfiguration(_scope: RequestScope, _options: WriteOptions, _body: Uint8Array): Promise<UpdateResult> {
  throw newUnsupportedMediaType('server-side apply is not served yet')
}
