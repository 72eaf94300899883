import { newBadRequest } from '../../apimachinery/status-error.ts'

export interface AppliedBody {
  value: unknown
  /** What strict decoding has to say of members that come twice. */
  duplicates: string | undefined
}

/** Reads the body of an apply: YAML, of which JSON is a part.
 * @throws StatusError 400
 */
export function parseApplied(body: Uint8Array): AppliedBody {
  const text = Buffer.from(body).toString()
  try {
    return { value: JSON.parse(text), duplicates: undefined }
  } catch (error) {
    throw newBadRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${(error as Error).message}`)
  }
}
