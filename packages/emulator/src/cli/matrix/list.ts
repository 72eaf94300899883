import type { Scenario } from '../../scenario/matrix/scenario.ts'
import { shortPath } from './report.ts'

/** Names, or what `strategy.matrix` of GitHub Actions takes. */
export function formatList(scenarios: readonly Scenario[], asJson: boolean): string {
  if (!asJson) return scenarios.map(({ name }) => `${name}\n`).join('')
  return `${JSON.stringify({ include: scenarios.map(({ name, file, line }) => ({ name, file: shortPath(file), line })) })}\n`
}
