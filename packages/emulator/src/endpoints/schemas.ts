import { UNTYPED } from '../apimachinery/patch/schema.ts'
import type { Facts } from '../facts/types.ts'
import type { ApiServices } from './services.ts'

/** The schemas by which patches merge. */
export function createSchemas(_facts: Facts): ApiServices['schemas'] {
  return { of: () => UNTYPED }
}
