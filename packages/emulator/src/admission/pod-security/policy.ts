/** What a namespace's labels ask of its Pods (pod-security-admission, api/helpers.go). */
import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'

/** A level as of a version of Kubernetes: the minor version, or the latest. */
export interface LevelVersion {
  level: Level
  version: number | 'latest'
}

export type Mode = 'enforce' | 'audit' | 'warn'
export type Policy = Record<Mode, LevelVersion>

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted']
const prefix = 'pod-security.kubernetes.io/'
const labelsPath = fieldPath('metadata').child('labels')

const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text)

export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b)

export const formatLevel = ({ level, version }: LevelVersion): string => `${level}:${version === 'latest' ? version : `v1.${version}`}`

function parseVersion(text: string): number | 'latest' | undefined {
  if (text === 'latest') return text
  const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/** The policy of a namespace. Labels that cannot be read leave the strictest level in force, and the most lenient to warn and audit. */
export function policyOf(labels: Readonly<Record<string, string>> = {}): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = []
  const policy: Policy = {
    enforce: { level: 'privileged', version: 'latest' },
    audit: { level: 'privileged', version: 'latest' },
    warn: { level: 'privileged', version: 'latest' },
  }
  const complain = (label: string, text: string, why: string) => errors.push(invalid(labelsPath.key(label), text, why))

  for (const mode of ['enforce', 'audit', 'warn'] as const) {
    const level = labels[prefix + mode]
    if (level !== undefined && isLevel(level)) policy[mode].level = level
    else if (level !== undefined) {
      complain(prefix + mode, level, `must be one of ${levels.join(', ')}`)
      policy[mode].level = mode === 'enforce' ? 'restricted' : 'privileged'
    }
    const version = labels[`${prefix}${mode}-version`]
    if (version === undefined) continue
    const parsed = parseVersion(version)
    if (parsed === undefined) complain(`${prefix}${mode}-version`, version, 'must be "latest" or "v1.x"')
    policy[mode].version = parsed ?? 'latest'
  }
  warnAsEnforced(policy, labels)
  return { policy, errors }
}

/** What is enforced on Pods, workloads are warned of, unless the labels say otherwise. */
function warnAsEnforced({ enforce, warn }: Policy, labels: Readonly<Record<string, string>>): void {
  if (labels[`${prefix}warn`] !== undefined || !isLevel(labels[`${prefix}enforce`] ?? '')) return
  if (compareLevels(enforce.level, warn.level) <= 0) return
  warn.level = enforce.level
  if (labels[`${prefix}warn-version`] === undefined) warn.version = enforce.version
}
