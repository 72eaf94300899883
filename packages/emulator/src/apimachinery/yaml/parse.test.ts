import { describe, expect, it } from 'vitest'
import { parseYamlBody, parseYamlDocuments } from './parse.ts'

describe('parseYamlBody', () => {
  // What sigs.k8s.io/yaml, which the API server uses, makes of them.
  it.each([
    ['a: y\nb: on\nc: NO\nd: ~\ne:\nf: "y"', { a: true, b: true, c: false, d: null, e: null, f: 'y' }],
    ['a: 0o17\nb: 017\nc: 0x1f\nd: 1_000\ne: 1e3\nf: 190:20\ng: 0b11', { a: 15, b: 15, c: 31, d: 1000, e: 1000, f: '190:20', g: 3 }],
    ['a: 2020-01-01\nb: 1e400', { a: '2020-01-01', b: '1e400' }],
    ['a: &x {p: 1}\nb: {<<: *x, q: 2}', { a: { p: 1 }, b: { p: 1, q: 2 } }],
    ['a: !!str 1\nb: !foo c\nd: !!binary aGk=', { a: '1', b: 'c', d: 'hi' }],
    ['1: 2\ntrue: 3\n1.5: 4', { '1': 2, true: 3, '1.5': 4 }],
    ['a: 1\n---\nb: [', { a: 1 }],
    ['a: [\n  b,\n]\nc: {\nd: "e\nf\n\ng",\n\ti: j\n# h\n}\nk: l', { a: ['b'], c: { d: 'e f\ng', i: 'j' }, k: 'l' }],
    ['- - - a: [\nb\n, c\n]\n', [[[{ a: ['b', 'c'] }]]]],
    ['', null],
  ])('%j', (text, value) => {
    expect(parseYamlBody(text).value).toEqual(value)
  })

  it.each([
    ['a: [1\n', "yaml: line 1: did not find expected ',' or ']'"],
    ['hello: [', 'yaml: line 1: did not find expected node content'],
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['a: b\n\tc: d', 'yaml: line 2: found a tab character that violates indentation'],
    ['a: @b', 'yaml: found character that cannot start any token'],
    ['a: &x\nb: *y', "yaml: unknown anchor 'y' referenced"],
    ['a: "b', 'yaml: found unexpected end of stream'],
    ['a: "b\nc\n', 'yaml: line 3: found unexpected end of stream'],
    ['a: "b\n---\nc"', 'yaml: line 2: found unexpected document indicator'],
    ['a: [\n---\n]', 'yaml: line 1: did not find expected node content'],
    ['a: [b\n\t]', 'yaml: line 2: found a tab character that violates indentation'],
    ['- a\nb: c', "yaml: line 1: did not find expected '-' indicator"],
    ['a:\n  b: 1\n c: 2', 'yaml: line 2: did not find expected key'],
    ['\0', 'yaml: control characters are not allowed'],
    ['a: [b, c\n\x01', 'yaml: control characters are not allowed'],
    ['a:\n  b: 1\n c: 2\n\x7f', 'yaml: control characters are not allowed'],
    ['a: .inf', 'json: unsupported value: +Inf'],
  ])('refuses %j', (text, message) => {
    expect(() => parseYamlBody(text)).toThrow(expect.objectContaining({ message }))
  })

  it('tells of keys that come twice', () => {
    expect(parseYamlBody('a: {b: 1, b: 2}\nc: 1\nc: 3')).toEqual({
      value: { a: { b: 2 }, c: 3 },
      duplicates: 'yaml: unmarshal errors:\n  line 1: key "b" already set in map\n  line 3: key "c" already set in map',
    })
  })

  it('keeps __proto__ a plain key, and aliases within bounds', () => {
    const { value } = parseYamlBody('__proto__: {polluted: true}')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]', ...[1, 2, 3, 4, 5, 6, 7, 8].map((i) => `a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`)}]`)]
    expect(() => parseYamlBody(bomb.join('\n'))).toThrow('yaml: document contains excessive aliasing')
  })
})

it('parseYamlDocuments gives the line of each document, and where an error is', () => {
  expect(parseYamlDocuments('# first\na: 1\n---\n# nothing\n---\nb: 2\n')).toMatchObject([
    { value: { a: 1 }, line: 2 },
    { value: { b: 2 }, line: 6 },
  ])
  expect(() => parseYamlDocuments('a: 1\n---\nb: c: d\n')).toThrow(expect.objectContaining({ line: 3, column: 5 }))
  // On lines that are indented too little for the parser, too.
  expect(() => parseYamlDocuments('a: {\nb: c: d\n}')).toThrow(expect.objectContaining({ line: 2, column: 5 }))
  expect(() => parseYamlDocuments('a: [\nb, *c ]\n')).toThrow(expect.objectContaining({ line: 2, column: 5 }))
})
