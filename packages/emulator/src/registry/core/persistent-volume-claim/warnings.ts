import type { FieldPath } from '../../../apimachinery/field-error.ts'
import { quote } from '../../../apimachinery/quote.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { isWhole, showQuantity } from '../quantities.ts'

/** Warnings about a claim's spec, also in templates. */
export function claimSpecWarnings(spec: Fields, path: FieldPath): string[] {
  return ['requests', 'limits'].flatMap((list) => {
    const quantity: string | undefined = spec['resources']?.[list]?.storage
    if (quantity === undefined || isWhole(quantity)) return []
    const at = path.child('resources', list).key('storage')
    return [`${at}: fractional byte value ${quote(showQuantity(quantity))} is invalid, must be an integer`]
  })
}
