import { describe, expect, it } from 'vitest'
import { StatusError } from '../status-error.ts'
import { type FieldValidation, patchByJsonPatch, patchByMergePatch, patchTypeOf } from './apply-patch.ts'

const object = () => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', labels: { app: 'x', 'with/slash': 'y' } },
  data: { a: '1', b: 'x<y' },
  list: ['one', 'two'],
})

const jsonPatch = (patch: unknown, validation: FieldValidation = 'Warn') =>
  patchByJsonPatch(object(), typeof patch === 'string' ? patch : JSON.stringify(patch), validation)
const mergePatch = (patch: unknown, validation: FieldValidation = 'Warn') =>
  patchByMergePatch(object(), typeof patch === 'string' ? patch : JSON.stringify(patch), validation)

function failure(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}

const UNPROCESSABLE = '422 the server rejected our request due to an error in our request'

describe('JSON patch', () => {
  it.each([
    ['add', [{ op: 'add', path: '/data/c', value: '3' }], { data: { a: '1', b: 'x<y', c: '3' } }],
    [
      'escaped keys',
      [{ op: 'replace', path: '/metadata/labels/with~1slash', value: 'z' }],
      { metadata: { name: 'x', labels: { app: 'x', 'with/slash': 'z' } } },
    ],
    ['move', [{ op: 'move', from: '/data/a', path: '/data/z' }], { data: { b: 'x<y', z: '1' } }],
    ['replace of a missing member', [{ op: 'replace', path: '/data/n', value: 'x' }], { data: { a: '1', b: 'x<y', n: 'x' } }],
    ['copy from a missing path', [{ op: 'copy', from: '/data/n', path: '/data/m' }], { data: { a: '1', b: 'x<y', m: null } }],
    ['add without a value', [{ op: 'add', path: '/data/n' }], { data: { a: '1', b: 'x<y', n: null } }],
    [
      'insert and append',
      [
        { op: 'add', path: '/list/1', value: 'i' },
        { op: 'add', path: '/list/-', value: 'l' },
      ],
      { list: ['one', 'i', 'two', 'l'] },
    ],
    ['negative index', [{ op: 'remove', path: '/list/-1' }], { list: ['one'] }],
    ['pointer without a slash', [{ op: 'add', path: 'data/c', value: '3' }], { c: '3' }],
    ['test of null on a missing member', [{ op: 'test', path: '/data/none', value: null }], {}],
    ['a null operation list', null, {}],
  ])('%s', (_name, patch, changes) => {
    expect(jsonPatch(patch).object).toEqual({ ...object(), ...changes })
  })

  it('keeps __proto__ as a member', () => {
    const { data } = jsonPatch([{ op: 'add', path: '/data/__proto__', value: 'p' }]).object as { data: object }
    expect(Object.keys(data)).toEqual(['__proto__', 'a', 'b'])
  })

  it.each([
    ['test fails', [{ op: 'test', path: '/data/a', value: '9' }], UNPROCESSABLE],
    ['test on a missing member', [{ op: 'test', path: '/data/n', value: '9' }], UNPROCESSABLE],
    ['test with another text of the same string', '[{"op":"test","path":"/data/b","value":"x<y"}]', UNPROCESSABLE],
    ['test with the text that the server writes', '[{"op":"test","path":"/data/b","value":"x\\u003cy"}]', 'no error'],
    ['remove of a missing member', [{ op: 'remove', path: '/data/n' }], UNPROCESSABLE],
    ['missing parent', [{ op: 'add', path: '/none/x', value: 1 }], UNPROCESSABLE],
    ['index out of range', [{ op: 'replace', path: '/list/5', value: 1 }], UNPROCESSABLE],
    ['unknown operation', [{ op: 'merge', path: '/data/c', value: 1 }], UNPROCESSABLE],
    ['null for an operation', [null], UNPROCESSABLE],
    ['the root replaced by null', [{ op: 'replace', path: '', value: null }], UNPROCESSABLE],
    ['no list', { op: 'add' }, '400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['no JSON', '[{"op":', '400 error decoding patch: unexpected end of JSON input'],
    [
      'a number for op',
      [{ op: 5 }],
      '400 error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
    [
      'a number for an operation',
      [5],
      '400 error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp',
    ],
    [
      'too many operations',
      Array(10_001).fill({ op: 'test', path: '/n', value: null }),
      '413 The allowed maximum operations in a JSON patch is 10000, got 10001',
    ],
  ])('%s', (_name, patch, message) => {
    expect(failure(() => jsonPatch(patch))).toBe(message)
  })

  it('reports unknown and duplicate members of operations', () => {
    const { strictErrors } = jsonPatch('[{"op":"test","path":"/data/zz","foo":1,"op":"test"}]')
    expect(strictErrors).toEqual(['json patch unknown field "[0].foo"', 'json patch duplicate field "[0].op"'])
  })

  it('decodes loosely when validation is off', () => {
    expect(failure(() => jsonPatch({ a: 1 }, 'Ignore'))).toBe('400 json: cannot unmarshal object into Go value of type jsonpatch.Patch')
    expect(failure(() => jsonPatch('{"a":1', 'Ignore'))).toBe('400 unexpected end of JSON input')
  })
})

describe('merge patch', () => {
  it('sets, removes, and drops nulls of what is new', () => {
    const { object: patched } = mergePatch({ data: { a: null, c: '3' }, metadata: { annotations: { n: null, m: 'x' }, labels: null } })
    expect(patched).toEqual({ ...object(), data: { b: 'x<y', c: '3' }, metadata: { name: 'x', annotations: { m: 'x' } } })
  })

  it('replaces lists', () => {
    expect(mergePatch({ list: ['three', null] }).object).toEqual({ ...object(), list: ['three', null] })
  })

  it('keeps __proto__ as a member', () => {
    const { data } = mergePatch('{"data":{"__proto__":{"polluted":"yes"}}}').object as { data: Record<string, unknown> }
    expect(Object.keys(data)).toEqual(['__proto__', 'a', 'b'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each([
    ['[1]', '400 error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['data: {}', "400 error decoding patch: invalid character 'd' looking for beginning of value"],
    ['', '400 error decoding patch: unexpected end of JSON input'],
    ['{"a":1,}', "400 error decoding patch: invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "400 error decoding patch: invalid character '1' after object key"],
    ['{"a":tru}', "400 error decoding patch: invalid character '}' in literal true (expecting 'e')"],
    ['{"a":1}x', "400 error decoding patch: invalid character 'x' after top-level value"],
    ['null', '400 Invalid JSON Patch'],
  ])('%s', (patch, message) => {
    expect(failure(() => mergePatch(patch))).toBe(message)
  })

  it('reports duplicate members', () => {
    expect(mergePatch('{"data":{"a":"1","a":"2"}}').strictErrors).toEqual(['duplicate field "data.a"'])
  })
})

describe('media types', () => {
  it('takes parameters, and answers 415 in two ways', () => {
    expect(patchTypeOf('application/merge-patch+json; charset=utf-8', false)).toBe('application/merge-patch+json')
    expect(failure(() => patchTypeOf('text/plain', false))).toBe('415 415: Unsupported Media Type')
    expect(failure(() => patchTypeOf('application/strategic-merge-patch+json', true))).toBe(
      '415 the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    )
  })
})
