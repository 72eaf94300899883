import { expect, it } from 'vitest'
import { managerName } from './manager-name.ts'

it.each([
  ['given', 'kubectl/v1.36', 'given'],
  ['', 'my-controller/v1.2 (linux/amd64) kubernetes/abc', 'my-controller'],
  ['', '', ''],
  ['', 'a\u0000b/1', 'ab'],
  ['', 'm'.repeat(200), 'm'.repeat(128)],
])('%j, %j', (fieldManager, userAgent, name) => {
  expect(managerName(fieldManager, userAgent)).toBe(name)
})
