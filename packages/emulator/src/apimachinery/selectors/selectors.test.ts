import { describe, expect, it } from 'vitest'
import { parseFieldSelector } from './field-selector.ts'
import { labelSelectorFromObject, parseLabelSelector } from './label-selector.ts'

const keyText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

describe('parseLabelSelector', () => {
  // Texts as the server of 1.36 gives them.
  it.each([
    ['app in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['app>>1', "unable to parse requirement: found '>', expected: identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['-app=x', `unable to parse requirement: <nil>: Invalid value: "-app": ${keyText}`],
    ['app=-a', `unable to parse requirement: values[0][app]: Invalid value: "-a": ${valueText}`],
    ['app>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['!!', "unable to parse requirement: found '!', expected: identifier"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (b,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
  ])('refuses %s', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new Error(message))
  })

  it.each([
    ['a', { a: 'x' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a == b , c != d', { a: 'b' }, true],
    ['a in (b, c)', { a: 'c' }, true],
    ['a notin (b,c)', { a: 'c' }, false],
    ['a notin (b,c)', {}, true],
    ['a in ()', { a: '' }, true],
    ['a in (,b)', { a: '' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['a>5', { a: '10' }, true],
    ['a<5', { a: '10' }, false],
    ['a>5', { a: 'x' }, false],
    ['a=', { a: '' }, true],
    ['constructor', {}, false],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(parseLabelSelector(text).matches(labels as Record<string, string>)).toBe(expected)
  })

  it('gives requirements with the names that API objects use', () => {
    expect(parseLabelSelector('z,a in (c,b,c),b!=x').requirements).toEqual([
      { key: 'a', operator: 'In', values: ['b', 'c'] },
      { key: 'b', operator: 'NotIn', values: ['x'] },
      { key: 'z', operator: 'Exists', values: [] },
    ])
  })
})

describe('labelSelectorFromObject', () => {
  it('selects nothing without a selector, everything with an empty one', () => {
    expect(labelSelectorFromObject(undefined).matches({ a: 'b' })).toBe(false)
    expect(labelSelectorFromObject({}).matches({ a: 'b' })).toBe(true)
  })

  it('takes labels and expressions', () => {
    const selector = labelSelectorFromObject({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['db'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    })
    expect(selector.matches({ app: 'web', tier: 'front' })).toBe(true)
    expect(selector.matches({ app: 'web', tier: 'db' })).toBe(false)
    expect(() => labelSelectorFromObject({ matchExpressions: [{ key: 'a', operator: 'Gt' }] })).toThrow(
      '"Gt" is not a valid label selector operator',
    )
  })
})

describe('parseFieldSelector', () => {
  it.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['metadata.name in (p1)', "invalid selector: 'metadata.name in (p1)'; can't understand 'metadata.name in (p1)'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(new Error(message))
  })

  it('takes a trailing comma, escapes and the three operators', () => {
    const selector = parseFieldSelector('spec.x!=1,metadata.name==a\\,b,')
    expect(selector.requirements).toEqual([
      { key: 'metadata.name', operator: '==', value: 'a,b' },
      { key: 'spec.x', operator: '!=', value: '1' },
    ])
    expect(selector.matches({ 'metadata.name': 'a,b' })).toBe(true)
    expect(selector.matches({ 'metadata.name': 'a,b', 'spec.x': '1' })).toBe(false)
  })
})
