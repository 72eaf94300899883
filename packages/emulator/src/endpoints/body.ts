import { newBadRequest, newRequestEntityTooLarge, newUnsupportedMediaType } from '../apimachinery/status-error.ts'
import { type ApiRequest, BodyTooLarge } from './http.ts'
import { representations } from './negotiation/output.ts'

/** Bytes of a request body that the API server takes. */
const maxRequestBytes = 3 * 1024 * 1024

/** @throws StatusError 413 for a body that is too large, 400 for one that breaks off */
export async function readBody(request: ApiRequest): Promise<Uint8Array> {
  try {
    return await request.body(maxRequestBytes)
  } catch (error) {
    if (error instanceof BodyTooLarge) throw newRequestEntityTooLarge(`Request entity too large: limit is ${maxRequestBytes}`)
    throw newBadRequest('unexpected EOF')
  }
}

/**
 * The media type of a body; JSON where the client says nothing.
 * @throws StatusError 415 for a type that the API cannot read
 */
export function mediaTypeOfBody({ headers }: ApiRequest): string {
  const header = headers['content-type'] ?? ''
  if (header === '' || header === 'application/json') return 'application/json'
  const [type = '', ...parameters] = header.split(';')
  const media = type.trim().toLowerCase()
  // A parameter must be one, as Go's mime has it; nothing after the last semicolon is none.
  const isSound = parameters.every((each, at) => /^\s*[^\s=]+=./.test(each) || (at === parameters.length - 1 && each.trim() === ''))
  if (isSound && representations.includes(media)) return media
  throw newUnsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${representations.join(', ')}`,
  )
}
