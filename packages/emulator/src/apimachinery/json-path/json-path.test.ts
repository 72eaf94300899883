import { expect, test } from 'vitest'
import { evaluateJsonPath } from './evaluate.ts'
import { parseJsonPath } from './parse.ts'

const object = {
  metadata: { name: 'one', annotations: { 'example.com/a': 'x' } },
  spec: {
    tags: ['a', 'b', 'c'],
    items: [
      { n: 1, on: true },
      { n: 2, s: 'two' },
    ],
    zero: 0,
    none: null,
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Done', status: 'False' },
    ],
  },
}

// What client-go's jsonpath finds, as kubectl get -o jsonpath and printer columns use it.
test.each([
  ['.metadata.name', ['one']],
  ['.metadata.annotations.example\\.com/a', ['x']],
  [`.metadata.annotations['example\\.com/a']`, ['x']],
  ['.missing.field', []],
  ['.spec.tags[0]', ['a']],
  ['.spec.tags[-1]', ['c']],
  ['.spec.tags[-1:]', ['c']],
  ['.spec.tags[0:2]', ['a', 'b']],
  ['.spec.tags[0:3:2]', ['a', 'c']],
  ['.spec.tags[*]', ['a', 'b', 'c']],
  ['.spec.tags[0,2]', ['a', 'c']],
  ['.spec.items[*].n', [1, 2]],
  ['.spec.none', [null]],
  ['.spec.none.more', []],
  [`.status.conditions[?(@.type=="Ready")].status`, ['True']],
  [`.status.conditions[?(@.type=='Done')].status`, ['False']],
  [`.status.conditions[?(@.type!="Ready")].type`, ['Done']],
  ['.spec.items[?(@.n>1)].n', [2]],
  ['.spec.items[?(@.on==true)].n', [1]],
  ['.spec.items[?(@.s)].n', [2]],
  ['..type', ['Ready', 'Done']],
  ['.status.*[0].type', ['Ready']],
])('%s', (path, found) => expect(evaluateJsonPath(parseJsonPath(path), object)).toEqual(found))

test.each([
  ['.spec.tags[7]', 'array index out of bounds: index 7, length 3'],
  ['.metadata[0]', 'object is not array or slice'],
  ['.spec.items[?(@.n=="1")]', 'incompatible types for comparison'],
])('%s does not fit', (path, message) => expect(() => evaluateJsonPath(parseJsonPath(path), object)).toThrow(message))

test.each([
  ['.a[', 'unterminated array'],
  ['.a[x]', 'invalid array index x'],
  ['.a[?(@.b', 'unterminated filter'],
  ['.a["b', 'unterminated array'],
])('%s is no path', (path, message) => expect(() => parseJsonPath(path)).toThrow(message))
