import type { Facts } from '../../facts/types.ts'
import { createProtobufReader } from '../protobuf/body.ts'
import { type BodyDecoder, createBodyDecoder, readJsonBody } from './decode-body.ts'
import { createScheme, type Scheme } from './scheme.ts'
import { readYamlBody } from './yaml-body.ts'

/** The built-in kinds, and the decoder of request bodies in the three media types that the server accepts. */
export interface Codec extends BodyDecoder {
  readonly scheme: Scheme
}

export function createCodec(facts: Facts): Codec {
  const scheme = createScheme(facts)
  const decoder = createBodyDecoder(facts, scheme, {
    'application/json': readJsonBody,
    'application/yaml': readYamlBody,
    'application/vnd.kubernetes.protobuf': createProtobufReader(facts),
  })
  return { scheme, ...decoder }
}
