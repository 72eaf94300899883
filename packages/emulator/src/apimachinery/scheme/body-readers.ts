import { readProtobufBody } from '../protobuf/body.ts'
import { type BodyReaders, readJsonBody } from './decode-body.ts'
import { readYamlBody } from './yaml-body.ts'

/** How each media type that the API takes is read. */
export const bodyReaders: BodyReaders = {
  'application/json': readJsonBody,
  'application/yaml': readYamlBody,
  'application/vnd.kubernetes.protobuf': readProtobufBody,
}
