import { describe, expect, it } from 'vitest'
import { canonicalTime, formatMicroTime, formatTime, parseTime } from './time.ts'

// What meta/v1 Time and MicroTime make of them.
describe('canonicalTime', () => {
  it.each([
    ['2020-01-01T00:00:00+02:00', '2019-12-31T22:00:00Z'],
    ['2020-01-01T00:00:00.999Z', '2020-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', null],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ])('%s → %s', (text, expected) => {
    expect(canonicalTime(text)).toBe(expected)
  })

  it.each([
    ['yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['2020-01-01', 'parsing time "2020-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    ['2019-02-29T00:00:00Z', 'parsing time "2019-02-29T00:00:00Z": day out of range'],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
    ['é', 'parsing time "\\xc3\\xa9" as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xa9" as "2006"'],
  ])('refuses %s', (text, message) => {
    expect(() => canonicalTime(text)).toThrow(new Error(message))
  })

  it('wants six digits in a MicroTime', () => {
    expect(canonicalTime('1969-12-31T23:59:59.500001Z', 'microtime')).toBe('1969-12-31T23:59:59.500001Z')
    expect(() => canonicalTime('2020-01-01T00:00:00Z', 'microtime')).toThrow('cannot parse "Z" as ".000000"')
  })
})

it('formats milliseconds', () => {
  expect(formatTime(parseTime('2020-02-29T12:34:56Z'))).toBe('2020-02-29T12:34:56Z')
  expect(formatMicroTime(1500, 7)).toBe('1970-01-01T00:00:01.500007Z')
})
