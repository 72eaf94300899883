import { expect, test } from 'vitest'
import { humanDuration } from './human-duration.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

// The table of k8s.io/apimachinery/pkg/util/duration.
test.each([
  [-2.5 * second, '<invalid>'],
  [-1.5 * second, '0s'],
  [-0.5 * second, '0s'],
  [second, '1s'],
  [70 * second, '70s'],
  [190 * second, '3m10s'],
  [70 * minute, '70m'],
  [47 * hour, '47h'],
  [49 * hour, '2d1h'],
  [8 * day + 2 * hour, '8d'],
  [367 * day, '367d'],
  [365 * 2 * day + 25 * hour, '2y1d'],
  [365 * 8 * day + 2 * hour, '8y'],
  [3 * minute, '3m'],
  [3 * hour, '3h'],
  [7 * hour + 59 * minute + 59 * second, '7h59m'],
  [2 * day, '2d'],
  [365 * 2 * day, '2y'],
])('%d ms is %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text))
