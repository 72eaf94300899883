import { parseYamlBody } from '../yaml.ts'
import { type BodyReader, readJsonText } from './decode-body.ts'
import type { Scheme } from './scheme.ts'

/** Reads `application/yaml`: the server turns the first document into JSON, and reads that. Throws an Error in the server's words. */
export function readYamlBody(bytes: Uint8Array, scheme: Scheme): BodyReader {
  const { value, duplicates } = parseYamlBody(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  const reader = readJsonText(JSON.stringify(value), scheme)
  return {
    kind: reader.kind,
    decode(gvk, strict) {
      const decoded = reader.decode(gvk, strict)
      if (!strict || duplicates === undefined) return decoded
      return { object: decoded.object, strictErrors: [duplicates, ...decoded.strictErrors] }
    },
  }
}
