import { randomFillSync } from 'node:crypto'

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const length = 5

/** Drawn for many names at once: each draw costs as much as the rest of a small write. */
const drawn = new Uint8Array(length * 256)
let used = drawn.length

/** Five letters and digits that spell no words, for the end of a name (apimachinery, util/rand). */
export function randomSuffix(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  let suffix = ''
  for (const end = used + length; used < end; used++) suffix += alphabet[drawn[used]! % alphabet.length]
  return suffix
}
