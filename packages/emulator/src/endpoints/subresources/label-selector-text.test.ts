import { expect, it } from 'vitest'
import { formatLabelSelector } from './label-selector-text.ts'

it.each([
  [undefined, ''],
  [{ app: 'x', a: 'y' }, 'a=y,app=x'],
  [{ matchLabels: { app: 'd' } }, 'app=d'],
  [
    {
      matchLabels: { app: 'd' },
      matchExpressions: [
        { key: 'x', operator: 'NotIn', values: ['b', 'a'] },
        { key: 'w', operator: 'Exists' },
        { key: 'v', operator: 'DoesNotExist' },
      ],
    },
    'app=d,!v,w,x notin (a,b)',
  ],
])('%j', (selector, text) => {
  expect(formatLabelSelector(selector)).toBe(text)
})
