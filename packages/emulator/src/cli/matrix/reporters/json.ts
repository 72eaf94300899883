import { describeResult, type MatrixReport } from '../report.ts'

/** For programs. */
export function reportJson({ results, notRun, seconds }: MatrixReport): string {
  const count = (status: string) => results.filter((each) => each.status === status).length
  const numbers = { total: results.length + notRun.length, passed: count('passed'), failed: count('failed'), errors: count('error') }
  return `${JSON.stringify({ version: 1, ...numbers, seconds: Number(seconds.toFixed(3)), scenarios: results.map(describeResult), notRun }, undefined, 2)}\n`
}
