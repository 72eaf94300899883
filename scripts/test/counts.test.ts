import { expect, test } from 'vitest'
import { countReport, sum, summary, type VitestReport } from './counts.ts'

const report = (part: Partial<VitestReport>): VitestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...part,
})

test('a line before the last names skipped tests when there are some', () => {
  expect(summary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  expect(
    summary(
      sum([
        { passed: 3, failed: 1, skipped: 0 },
        { passed: 1, failed: 0, skipped: 2 },
      ]),
    ),
  ).toBe('2 skipped\n4 passed, 1 failed')
})

test('a file that cannot be loaded is a failure', () => {
  const broken = { status: 'failed', assertionResults: [] }
  expect(countReport(report({ numPassedTests: 5, testResults: [broken] }), 1)).toEqual({ passed: 5, failed: 1, skipped: 0 })
})

test('a bad end without a failed test is a failure', () => {
  expect(countReport(report({ numPassedTests: 5 }), 1).failed).toBe(1)
  expect(countReport(undefined, 0).failed).toBe(1)
})
