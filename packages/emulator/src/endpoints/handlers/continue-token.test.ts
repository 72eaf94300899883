import { expect, test } from 'vitest'
import { decodeContinue, encodeContinue } from './continue-token.ts'

const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const messageOf = (text: string) => {
  try {
    decodeContinue(text)
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

test('a token is read back', () => {
  const next = { revision: 12, start: 'default/a\0' }
  expect(decodeContinue(encodeContinue(next))).toEqual(next)
  expect(encodeContinue(next)).toMatch(/^[\w-]+$/)
})

// The messages are those of a real API server.
test.each([
  [token({ v: 'v1', rv: 1, start: 'k' }), 'server does not recognize this encoded version v1'],
  [token({ v: 'meta.k8s.io/v1', rv: 0, start: 'k' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
  [token({ v: 'meta.k8s.io/v1', rv: 1, start: '' }), 'encoded start key empty (version meta.k8s.io/v1)'],
  ['%%', 'illegal base64 data at input byte 0'],
  ['abcde', 'illegal base64 data at input byte 4'],
])('%s is refused: %s', (text, why) => {
  expect(messageOf(text)).toBe(`invalid continue token: continue key is not valid: ${why}`)
})
