import type { ObjectMeta } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { baselineChecks } from './baseline.ts'
import type { Check, CheckPod, Violation } from './check.ts'
import type { LevelVersion } from './policy.ts'
import { restrictedChecks } from './restricted.ts'

/** What a Pod does that its level does not allow, in the server's order. */
export function violationsOf({ level, version }: LevelVersion, spec: Fields, metadata: ObjectMeta): Violation[] {
  if (level === 'privileged') return []
  return checksOf(level, version).flatMap((check) => check(spec, metadata) ?? [])
}

/** `reason (detail), reason (detail)`. */
export const formatViolations = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

/** The checks of a level as of a version: those of the baseline first, without the ones that stricter checks stand for. */
function checksOf(level: 'baseline' | 'restricted', version: number | 'latest'): CheckPod[] {
  const minor = version === 'latest' ? Number.MAX_SAFE_INTEGER : version
  const formOf = ({ versions }: Check) => versions.findLast(({ since }) => since <= minor)?.check
  const strict = level === 'restricted' ? restrictedChecks.filter((check) => formOf(check) !== undefined) : []
  const overridden = new Set(strict.map(({ overrides }) => overrides))
  return [...baselineChecks.filter(({ id }) => !overridden.has(id)), ...strict].flatMap((check) => formOf(check) ?? [])
}
