import type { Facts } from '../../facts/types.ts'
import { bodyReaders } from './body-readers.ts'
import { type BodyDecoder, createBodyDecoder } from './decode-body.ts'
import { createScheme, type Scheme } from './scheme.ts'

/** The built-in kinds, and the decoder of request bodies in the three media types that the server accepts. */
export interface Codec extends BodyDecoder {
  readonly scheme: Scheme
}

export function createCodec(facts: Facts): Codec {
  const scheme = createScheme(facts)
  return { scheme, ...createBodyDecoder(facts, scheme, bodyReaders) }
}
