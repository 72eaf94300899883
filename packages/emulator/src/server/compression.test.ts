import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { compress, wantsGzip } from './compression.ts'

const json = { status: 200, headers: { 'content-type': 'application/json' } }
const large = 128 * 1024 + 1

// apiserver's responsewriters: gzip from 128 KiB, for who names it.
test.each([
  ['gzip', json, large, true],
  ['deflate, gzip;q=1.0', json, large, true],
  ['gzip', json, large - 1, false],
  [undefined, json, large, false],
  ['*', json, large, false],
  ['gzip', { ...json, headers: { ...json.headers, 'content-encoding': 'gzip' } }, large, false],
  ['gzip', { ...json, headers: { 'content-type': 'text/plain' } }, large, false],
])('%s of %o, %d bytes: %s', (accepted, response, length, wanted) => expect(wantsGzip(accepted, response, length)).toBe(wanted))

test('what is compressed can be read', async () => {
  expect(gunzipSync(await compress(Buffer.from('{}'.repeat(1000)))).toString()).toBe('{}'.repeat(1000))
})
