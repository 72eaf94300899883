import { describe, expect, test } from 'vitest'
import { createMovableClock, parseDuration } from './movable-clock.ts'

describe('a movable clock', () => {
  test('goes on with the time, and may be moved', () => {
    let system = 1000
    const clock = createMovableClock(() => system)
    clock.advance('1h30m')
    system += 5
    expect(clock.now()).toBe(1005 + 5_400_000)
  })

  test('stands still while it is frozen, and goes on from there', () => {
    let system = 1000
    const clock = createMovableClock(() => system)
    clock.freeze(new Date(50))
    system += 100
    expect(clock.now()).toBe(50)
    clock.advance(25)
    expect(clock.now()).toBe(75)
    clock.resume()
    system += 10
    expect(clock.now()).toBe(85)
  })

  test('tells when it was moved', () => {
    const clock = createMovableClock(() => 1000)
    const told: number[] = []
    const stop = clock.onMove(() => told.push(clock.now()))
    clock.advance(5)
    clock.freeze(new Date(2000))
    stop()
    clock.advance(5)
    expect(told).toEqual([1005, 2000])
  })

  test('does not go back', () => {
    expect(() => createMovableClock().advance(-1)).toThrow(RangeError)
  })
})

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['1.5h', 5_400_000],
  ['2d', 172_800_000],
  ['250ms', 250],
])('parseDuration(%j)', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each(['', '5', 'h', '-1s', '1y'])('parseDuration(%j) is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(RangeError)
})
