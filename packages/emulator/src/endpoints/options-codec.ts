import { formatGroupVersion, type GroupVersionKind } from '../apimachinery/group-version.ts'
import { bodyReaders } from '../apimachinery/scheme/body-readers.ts'
import { kindOf, parseForKind, unknownKind } from '../apimachinery/scheme/decode-body.ts'
import type { Scheme } from '../apimachinery/scheme/scheme.ts'
import { newBadRequest } from '../apimachinery/status-error.ts'
import type { DeleteOptions } from '../registry/deletion.ts'
import type { ApiServices } from './services.ts'

const expected = { group: '', version: 'v1', kind: 'DeleteOptions' }

/** DeleteOptions are of every group and version. */
function checkKind({ group, version, kind }: GroupVersionKind): void {
  if (kind === '' || kind === 'DeleteOptions') return
  const groupVersion = version === '' ? 'meta.k8s.io/v1' : formatGroupVersion({ group, version })
  if (groupVersion === 'v1' && unversioned.has(kind)) throw new Error(`converting (v1.${kind}) to (v1.DeleteOptions): unknown conversion`)
  throw unknownKind(kind, groupVersion)
}

/** What every scheme has in v1. */
const unversioned = new Set(['Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList'])

/** Reads the options that come as a body. */
export function createOptionsCodec(scheme: Scheme): ApiServices['optionsCodec'] {
  return {
    deleteOptions(body, mediaType) {
      try {
        const media = mediaType.split(';')[0]!.trim()
        if (media !== 'application/json' && Object.hasOwn(bodyReaders, media)) {
          const reader = bodyReaders[media]!(body, scheme)
          checkKind(reader.kind)
          return reader.decode(expected, false).object as DeleteOptions
        }
        const parsed = parseForKind(Buffer.from(body).toString())
        checkKind(kindOf(parsed))
        return scheme.decodeType('k8s.io/apimachinery/pkg/apis/meta/v1.DeleteOptions', parsed.value ?? {}).value as DeleteOptions
      } catch (error) {
        throw newBadRequest((error as Error).message)
      }
    },
  }
}
