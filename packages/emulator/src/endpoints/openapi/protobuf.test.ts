import { expect, test } from 'vitest'
import { encodeOpenApiV2, encodeOpenApiV3 } from './protobuf.ts'
import recorded from './testing/gnostic.json' with { type: 'json' }

// The bytes are those of gnostic-models 0.7, which the API server writes its documents with.
test('documents of version 2 are written byte for byte as gnostic writes them', () => {
  expect(encodeOpenApiV2(recorded.v2.document).toString('base64')).toBe(recorded.v2.protobuf)
})

test('documents of version 3 are written byte for byte as gnostic writes them', () => {
  expect(encodeOpenApiV3(recorded.v3.document).toString('base64')).toBe(recorded.v3.protobuf)
})

test('what does not fit into the first buffer is kept', () => {
  const title = 'x'.repeat(3_000_000)
  const bytes = encodeOpenApiV3({ openapi: '3.0.0', info: { title, version: '1' }, paths: {} })
  expect(bytes.length).toBe(title.length + 4 + 1 + 3 + 1 + 4 + 7 + 2)
  expect(bytes.toString('latin1')).toContain(title)
})
