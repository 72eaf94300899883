import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityValue,
  subtractQuantities,
} from './quantity.ts'

// What k8s.io/apimachinery/pkg/api/resource makes of them.
describe('canonicalQuantity', () => {
  it.each([
    ['2000m', '2'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1.500', '1.500'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['8Ki', '8Ki'],
    ['1000k', '1M'],
    ['1e3', '1e3'],
    ['0.1n', '1n'],
    ['9223372036854775808Ki', '9223372036854775807'],
    ['-0.5', '-500m'],
    ['+5', '+5'],
    ['00', '0'],
    ['0Gi', '0'],
    ['1e1000000000', '10e999999999'],
    ['1e-1000000000', '1n'],
  ])('%s → %s', (text, expected) => {
    if (expected === '1n') expect(quantityValue(parseQuantity(text), -9)).toBe(1n)
    else expect(canonicalQuantity(text)).toBe(expected)
  })

  it.each([
    ['', 'quantities must match the regular expression'],
    ['lots', 'quantities must match the regular expression'],
    ['1.2.3', 'quantities must match the regular expression'],
    ['1kk', "unable to parse quantity's suffix"],
    ['1mi', "unable to parse quantity's suffix"],
  ])('refuses %s', (text, message) => {
    expect(() => parseQuantity(text)).toThrow(message)
  })
})

it('compares by amount and adds without loss', () => {
  const [a, b] = [parseQuantity('1Gi'), parseQuantity('1024Mi')]
  expect(compareQuantities(a, b)).toBe(0)
  expect(compareQuantities(parseQuantity('1e1000000000'), parseQuantity('1Ei'))).toBe(1)
  expect(formatQuantity(addQuantities(a, b))).toBe('2Gi')
  expect(formatQuantity(subtractQuantities(parseQuantity('1'), parseQuantity('250m')))).toBe('750m')
  expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('64Mi')))).toBe('64Mi')
})
