import { expect, test } from 'vitest'
import { matchesMedia, parseAccept } from './accept.ts'

const order = (header: string) => parseAccept(header).map(({ type, subtype, q }) => `${type}/${subtype}${q === 1 ? '' : `;q=${q}`}`)

// What github.com/munnerz/goautoneg makes of them.
test.each([
  ['application/json', ['application/json']],
  ['*', ['*/*']],
  ['text/html;q=0.5, application/json', ['application/json', 'text/html;q=0.5']],
  ['a/b, c/d , e/f', ['a/b', 'c/d', 'e/f']],
  ['*/*, application/yaml', ['application/yaml', '*/*']],
  ['application/*, application/yaml', ['application/yaml', 'application/*']],
  ['*/*, application/yaml;q=0.1', ['application/yaml;q=0.1', '*/*']],
  ['application/json;q=x, a/b;q=0.1', ['a/b;q=0.1', 'application/json;q=0']],
  ['application/json;q= 0.5', ['application/json;q=0']],
  ['application', []],
  ['a/b/c, , application/json', ['application/json']],
])('%j is %j', (header, expected) => {
  expect(order(header)).toEqual(expected)
})

test('parameters are kept as they are', () => {
  const [clause] = parseAccept('application/json; as=Table;v = v1 ;g="meta.k8s.io";x;y=1=2;z=')
  expect(clause!.params).toEqual({ as: 'Table', v: 'v1', g: '"meta.k8s.io"' })
})

test('wildcards match what they leave open', () => {
  const [every, anyText, html] = [parseAccept('*/*')[0]!, parseAccept('text/*')[0]!, parseAccept('text/html')[0]!]
  expect([every, anyText, html].map((clause) => matchesMedia(clause, 'text/html'))).toEqual([true, true, true])
  expect([every, anyText, html].map((clause) => matchesMedia(clause, 'text/csv'))).toEqual([true, true, false])
  expect([every, anyText, html].map((clause) => matchesMedia(clause, 'image/png'))).toEqual([true, false, false])
})
