import { jsonTypeName } from '../../apimachinery/patch/json-text.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { parseYamlBody } from '../../apimachinery/yaml/parse.ts'

interface AppliedBody {
  value: unknown
  /** What strict decoding has to say of members that come twice. */
  duplicates: string | undefined
}

/** Reads the body of an apply: YAML, of which JSON is a part.
 * @throws StatusError 400
 */
export function parseApplied(body: Uint8Array): AppliedBody {
  const parsed = parse(Buffer.from(body).toString())
  const { value } = parsed
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return parsed
  const error = `json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`
  throw newBadRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${error}`)
}

function parse(text: string): AppliedBody {
  try {
    return parseYamlBody(text)
  } catch (error) {
    throw newBadRequest(`error decoding YAML: error converting YAML to JSON: ${(error as Error).message}`)
  }
}
