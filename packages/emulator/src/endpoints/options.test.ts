import { expect, test } from 'vitest'
import { StatusError } from '../apimachinery/status-error.ts'
import { parseInteger, parseListOptions, parseResourceVersion, parseWriteOptions } from './options.ts'

const statusOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as StatusError).status
  }
  return undefined
}
const list = (query: string) => parseListOptions(new URLSearchParams(query))
const invalid = 'ListOptions.meta.k8s.io "" is invalid: '

// The messages are those of a real API server.
test.each([
  ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['timeoutSeconds=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
  [
    'resourceVersionMatch=Exact',
    422,
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
  ],
  [
    'resourceVersion=0&resourceVersionMatch=Exact',
    422,
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
  ],
  [
    'resourceVersion=1&resourceVersionMatch=Foo',
    422,
    `${invalid}resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""`,
  ],
  ['sendInitialEvents=true', 422, `${invalid}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`],
  [
    'watch=1&resourceVersionMatch=NotOlderThan',
    422,
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
  ],
  [
    'watch=1&sendInitialEvents=true',
    422,
    `${invalid}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
  ],
  [
    'watch=1&resourceVersion=1&resourceVersionMatch=Exact&sendInitialEvents=false&continue=x',
    422,
    `${invalid}[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan", resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]`,
  ],
])('%s: %i', (query, code, message) => {
  expect(statusOf(() => list(query))).toMatchObject({ code, message })
})

test.each([
  ['', true],
  ['resourceVersion=0', true],
  ['resourceVersion=5', undefined],
  ['resourceVersionMatch=NotOlderThan&sendInitialEvents=false', false],
])('a watch with %j begins with what exists: %s', (query, initial) => {
  expect(list(`watch=1&${query}`)).toMatchObject({ watch: true, sendInitialEvents: initial })
})

test('a list is no watch, and has no limit below zero to speak of', () => {
  expect(list('limit=-1&labelSelector=a')).toMatchObject({ watch: false, limit: -1, labelSelector: 'a', sendInitialEvents: undefined })
})

test('resource versions are numbers of 64 bits without a sign', () => {
  expect(parseResourceVersion('')).toEqual({ revision: 0 })
  expect(parseResourceVersion('12')).toEqual({ revision: 12 })
  expect(parseResourceVersion('-1')).toMatchObject({
    error: { message: 'Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax' },
  })
  expect(parseResourceVersion('18446744073709551616')).toMatchObject({ error: { message: expect.stringContaining('value out of range') } })
})

test('integers have a sign and no blanks', () => {
  expect([parseInteger(null), parseInteger('+5'), parseInteger('-5'), parseInteger('007')]).toEqual([undefined, 5, -5, 7])
  for (const text of [' 5', '5.0', '1e3', '0x1']) expect(() => parseInteger(text), text).toThrow(StatusError)
})

test('writes: dry runs, managers, strictness', () => {
  const parse = (query: string, isApply = false) => parseWriteOptions(new URLSearchParams(query), 'PatchOptions', isApply)
  expect(parse('')).toEqual({ dryRun: false, fieldManager: '', fieldValidation: 'Warn', force: undefined })
  expect(parse('dryRun=All&fieldManager=me&fieldValidation=Strict')).toMatchObject({
    dryRun: true,
    fieldManager: 'me',
    fieldValidation: 'Strict',
  })
  expect(statusOf(() => parse('dryRun=Some'))?.message).toContain('dryRun: Unsupported value: ["Some"]: supported values: "All"')
  expect(statusOf(() => parse('force=true'))?.message).toContain('force: Forbidden: may not be specified for non-apply patch')
  expect(statusOf(() => parse('', true))?.message).toContain('fieldManager: Required value: is required for apply patch')
  expect(statusOf(() => parse('fieldValidation=x'))?.message).toContain('fieldValidation: Unsupported value: "x"')
  expect(parse('fieldManager=me&force=1', true)).toMatchObject({ force: true })
})
