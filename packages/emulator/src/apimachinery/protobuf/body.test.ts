import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { createCodec } from '../scheme/codec.ts'
import type { StatusError } from '../status-error.ts'

const { decodeBody } = createCodec(loadFacts())
const configMap = { group: '', version: 'v1', kind: 'ConfigMap' }
const lease = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' }
const mediaType = 'application/vnd.kubernetes.protobuf'

const field = (number: number, content: Uint8Array | string) => {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
}
const varint = (number: number, ...bytes: number[]) => Buffer.from([number << 3, ...bytes])
const message = (...parts: Uint8Array[]) => Buffer.concat(parts)
const envelope = (apiVersion: string, kind: string, raw: Uint8Array) =>
  message(Buffer.from('k8s\0'), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw))

describe('bodies in protobuf', () => {
  it('decode to what JSON would have carried', () => {
    const entry = message(field(1, 'key'), field(2, 'value'))
    const raw = message(
      field(1, message(field(1, 'name'), field(11, message(field(1, 'l'), field(2, 'v'))))),
      field(2, entry),
      varint(4, 1),
    )
    expect(decodeBody(envelope('v1', 'ConfigMap', raw), mediaType, configMap).object).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'name', labels: { l: 'v' } },
      immutable: true,
      data: { key: 'value' },
    })
  })

  it('have times as seconds and nanoseconds', () => {
    const spec = message(field(1, 'me'), varint(2, 15), field(4, message(varint(1, 0x80, 0xa3, 0x05), varint(2, 0xc0, 0x84, 0x3d))))
    const body = envelope('coordination.k8s.io/v1', 'Lease', field(2, spec))
    expect(decodeBody(body, mediaType, lease).object['spec']).toEqual({
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      renewTime: '1970-01-02T00:00:00.001000Z',
    })
  })

  it.each([
    [Buffer.from(''), 'the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)'],
    [
      Buffer.from('{}'),
      'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})',
    ],
    [Buffer.from('k8s\0'), 'the object provided is unrecognized (must be of type ConfigMap): empty body (6b387300)'],
    [Buffer.from('k8s\0\x0a\x7f'), 'the object provided is unrecognized (must be of type ConfigMap): unexpected EOF (6b3873000a7f)'],
    [envelope('v1', 'ConfigMap', Buffer.from([0x0a])), 'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF'],
    [
      envelope('v1', 'ConfigMap', varint(1, 1)),
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: wrong wireType = 0 for field ObjectMeta',
    ],
  ])('are refused if broken: %#', (body, text) => {
    expect(() => decodeBody(body, mediaType, configMap)).toThrow(expect.objectContaining({ message: text }))
  })

  it('never do more harm than a 400', () => {
    const check = (raw: Uint8Array) => {
      try {
        decodeBody(envelope('v1', 'Pod', raw), mediaType, { group: '', version: 'v1', kind: 'Pod' })
      } catch (error) {
        expect((error as StatusError).code).toBe(400)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), check), { numRuns: 300 })
  })
})
