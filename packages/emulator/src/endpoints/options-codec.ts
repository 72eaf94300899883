import type { BodyDecoder } from '../apimachinery/scheme/decode-body.ts'
import type { Scheme } from '../apimachinery/scheme/scheme.ts'
import { newBadRequest } from '../apimachinery/status-error.ts'
import type { DeleteOptions } from '../registry/deletion.ts'
import type { ApiServices } from './services.ts'

const expected = { group: '', version: 'v1', kind: 'DeleteOptions' }

/** Reads the options that come as a body. */
export function createOptionsCodec(scheme: Scheme, bodies: BodyDecoder): ApiServices['optionsCodec'] {
  return {
    deleteOptions(body, mediaType) {
      if (!/^(application\/json)?($|;)/.test(mediaType)) {
        return bodies.decodeBody(body, mediaType, expected, { accepts: () => true }).object as DeleteOptions
      }
      const text = Buffer.from(body).toString()
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        throw newBadRequest(`couldn't get version/kind; json parse error: unexpected end of JSON input`)
      }
      const { kind } = value as { kind?: string }
      if (kind !== undefined && kind !== 'DeleteOptions') throw newBadRequest(`no kind "${kind}" is registered`)
      try {
        return scheme.decodeType('k8s.io/apimachinery/pkg/apis/meta/v1.DeleteOptions', value).value as DeleteOptions
      } catch (error) {
        throw newBadRequest((error as Error).message)
      }
    },
  }
}
