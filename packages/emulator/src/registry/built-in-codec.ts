import { deepCopy } from '../apimachinery/deep-copy.ts'
import type { GroupVersion, GroupVersionKind } from '../apimachinery/group-version.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { BodyDecoder } from '../apimachinery/scheme/decode-body.ts'
import type { Scheme } from '../apimachinery/scheme/scheme.ts'
import { strategyConversions } from './conversions.ts'
import type { ObjectCodec } from './resource.ts'

/** The codec of a built-in kind: the scheme's, and where another version is stored, the conversion to it. */
export function builtInCodec(scheme: Scheme, bodies: BodyDecoder, gvk: GroupVersionKind, storage: GroupVersion): ObjectCodec {
  const conversion = strategyConversions(gvk)
  const stored = { ...storage, kind: gvk.kind }
  return {
    decode: (bytes, mediaType, fieldValidation) =>
      bodies.decodeBody(bytes, mediaType, gvk, {
        fieldValidation: fieldValidation as 'Warn',
        ...(gvk.kind === 'Eviction' ? { accepts: () => true } : {}),
      }),
    decodeValue: (value) => scheme.decode(gvk, value, { strict: true }),
    normalize: (object) => scheme.normalize(gvk, object),
    ...(conversion === undefined
      ? {}
      : {
          toStorage: (object: KubeObject) => scheme.normalize(stored, conversion.toStorage(object)),
          fromStorage: (object: KubeObject) => scheme.normalize(gvk, conversion.fromStorage(deepCopy(object))),
        }),
  }
}
