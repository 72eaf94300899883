import { expect, test } from 'vitest'
import type { KubeObject } from '../object.ts'
import { EMPTY, type FieldSet } from './field-set.ts'
import { fieldsOfNew } from './new-object.ts'

const zero: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }
const configMap = (name: string, rest: object): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...rest })

/** Whether the second object was taken to have the form of the first. */
function areAlike(first: object, second: object, resetFields: FieldSet = EMPTY): boolean {
  const own = { ...zero }
  const one = fieldsOfNew(own, configMap('a', first), EMPTY, () => ({ 'f:one': EMPTY }))
  return fieldsOfNew(own, configMap('b', second), resetFields, () => ({ 'f:other': EMPTY })) === one
}

test('what members hold does not matter', () => {
  expect(areAlike({ data: { a: 'x', b: 1 } }, { data: { a: 'y', b: 'z' } })).toBe(true)
})

test.each([
  [{ data: { a: 'x' } }, { data: { b: 'x' } }],
  [{ data: { a: 'x' } }, { data: { a: '' } }],
  [{ data: { a: 1 } }, { data: { a: 0 } }],
  [{ data: { a: '1' } }, { data: { a: '0' } }],
  [{ data: { a: true } }, { data: { a: null } }],
  [{ data: { a: 'x' } }, { data: { a: {} } }],
  [{ data: { a: 'x', '1:b*}': 'x' } }, { data: { a: 'x' }, b: 'x' }],
  [{ data: {} }, { data: { a: 'x' } }],
  [{ data: { a: ['x'] } }, { data: { a: ['x'] } }],
])('%j and %j have not one form', (first, second) => {
  expect(areAlike(first, second)).toBe(false)
})

test('who cannot change all of it owns something else', () => {
  expect(areAlike({ data: { a: 'x' } }, { data: { a: 'x' } }, { 'f:data': EMPTY })).toBe(false)
})

test('kinds are told apart by their zero objects', () => {
  const found: FieldSet[] = ['one', 'other'].map((name) =>
    fieldsOfNew({ ...zero }, configMap('a', {}), EMPTY, () => ({ [`f:${name}`]: EMPTY })),
  )
  expect(found).toEqual([{ 'f:one': EMPTY }, { 'f:other': EMPTY }])
})
