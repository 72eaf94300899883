export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export function sum(parts: Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const part of parts) for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += part[key]
  return total
}

/** The closing lines; the last is always of the same form. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed`
}

/** What of Vitest's JSON report is read here. */
export interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/**
 * Counts a Vitest run. A file that failed outside of its tests (it could not be loaded, or a hook threw) counts as one failure, and so
 * does a run that ended badly without naming a failure.
 */
export function countReport(report: VitestReport | undefined, exitCode: number): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + brokenFiles.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
