import type { Facts } from '../facts/types.ts'
import type { ApiServices } from './services.ts'

/** Keeps metadata.managedFields. */
export function createManagedFields(_facts: Facts): ApiServices['managedFields'] {
  return {
    onWrite(_scope, _live, object) {
      delete object.metadata.managedFields
    },
  }
}
