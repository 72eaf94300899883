import { parseGroupVersion } from '../group-version.ts'
import { memoize } from '../memoize.ts'
import type { BodyReader } from '../scheme/decode-body.ts'
import type { Scheme } from '../scheme/scheme.ts'
import { createMessageDecoder, readParts } from './decode.ts'
import { textOf } from './wire.ts'

/** What every body starts with: `k8s` and a zero. */
const prefix = [0x6b, 0x38, 0x73, 0x00]

/** One decoder for each scheme: it remembers how messages are laid out. */
const decoderOf = memoize((scheme: Scheme) => createMessageDecoder(scheme.facts.types))

/** Reads `application/vnd.kubernetes.protobuf`: an envelope that names the kind, around the kind's message. Throws Errors in the server's words. */
export function readProtobufBody(bytes: Uint8Array, scheme: Scheme): BodyReader {
  const envelope = readEnvelope(bytes)
  return {
    kind: envelope.kind,
    decode(gvk) {
      const typeName = scheme.typeOf(gvk)
      if (typeName === undefined) throw new Error(`no kind ${gvk.kind} in ${gvk.version}`)
      return scheme.decode(gvk, decoderOf(scheme).decode(typeName, envelope.raw))
    },
  }
}

function readEnvelope(bytes: Uint8Array): { kind: BodyReader['kind']; raw: Uint8Array } {
  if (bytes.length === 0) throw new Error('empty data')
  if (prefix.some((byte, i) => bytes[i] !== byte)) {
    throw new Error(`provided data does not appear to be a protobuf message, expected prefix [${prefix.join(' ')}]`)
  }
  if (bytes.length === prefix.length) throw new Error('empty body')
  const parts = readParts(bytes.subarray(prefix.length))
  const typeMeta = readParts(parts.get(1) ?? new Uint8Array())
  const text = (number: number) => textOf(typeMeta.get(number) ?? new Uint8Array())
  const apiVersion = text(1)
  const groupVersion = apiVersion === '' ? undefined : parseGroupVersion(apiVersion)
  return { kind: { group: '', version: '', ...groupVersion, kind: text(2) }, raw: parts.get(2) ?? new Uint8Array() }
}
