// Helpers to write the requests of a strategy's cases as differences from one base object.
import { mergePatch } from './merge-patch.mjs'

/** Cases of creating: a name for each, and its difference from `base` (RFC 7386). */
export const creates = (base, variants) => Object.entries(variants).map(([name, patch]) => ({ name, object: mergePatch(base, patch) }))

/** Cases of updating `base`: the last difference is what is recorded, those before it only prepare. */
export const updates = (base, variants, subresource) =>
  Object.entries(variants).map(([name, update]) => ({ name: `update: ${name}`, object: base, update, subresource }))
