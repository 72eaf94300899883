/** The spec of Jobs, and of the Jobs that CronJobs make (batch/validation). */
import { type FieldError, type FieldPath, invalid, notSupported, required, tooLong } from '../../apimachinery/field-error.ts'
import { byteLength, type Fields, validateOneOf } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields, validateDomainPrefixedPath } from '../field-checks.ts'
import { podTemplateWarnings, validatePodTemplate } from '../pod-template.ts'
import { validatePodFailurePolicy } from './pod-failure-policy.ts'
import { showSuccessPolicy, validateSuccessPolicy } from './success-policy.ts'

const manyCompletions = 100_000
const highParallelism = 10_000
const nonNegative = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
]

export const isIndexed = (spec: Fields) => spec['completionMode'] === 'Indexed'

/** All of a Job's spec but its selector. */
export function validateJobSpec(spec: Fields, path: FieldPath, old?: Fields): FieldError[] {
  return [
    ...nonNegativeFields(spec, path, nonNegative),
    ...validateMaxFailedIndexes(spec, path),
    ...validateManagedBy(spec['managedBy'], path.child('managedBy')),
    ...validateCompletionMode(spec, path),
    ...(spec['podFailurePolicy'] ? validatePodFailurePolicy(spec, path.child('podFailurePolicy')) : []),
    ...validateSuccess(spec, path.child('successPolicy')),
    ...validateReplacement(spec, path.child('podReplacementPolicy')),
    ...validatePodTemplate(spec['template'] ?? {}, path.child('template'), old?.['template']),
    ...validateRestartPolicy(spec, path.child('template', 'spec', 'restartPolicy')),
  ]
}

function validateMaxFailedIndexes(spec: Fields, path: FieldPath): FieldError[] {
  if (spec['maxFailedIndexes'] === undefined) return []
  const errors = nonNegativeFields(spec, path, ['maxFailedIndexes'])
  if (spec['backoffLimitPerIndex'] !== undefined) return errors
  return [...errors, required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
}

function validateManagedBy(managedBy: string | undefined, path: FieldPath): FieldError[] {
  if (managedBy === undefined) return []
  return [...validateDomainPrefixedPath(managedBy, path), ...(byteLength(managedBy) > 63 ? [tooLong(path, 63)] : [])]
}

function validateCompletionMode(spec: Fields, path: FieldPath): FieldError[] {
  const { completionMode } = spec
  const errors = validateOneOf(completionMode ?? 'NonIndexed', ['NonIndexed', 'Indexed'], path.child('completionMode'))
  if (isIndexed(spec)) return validateIndexed(spec, path)
  if (completionMode !== undefined && completionMode !== 'NonIndexed') return errors
  const indexedOnly = ['backoffLimitPerIndex', 'maxFailedIndexes'].filter((field) => spec[field] !== undefined)
  return indexedOnly.map((field) => invalid(path.child(field), spec[field], 'requires indexed completion mode'))
}

function validateIndexed({ completions, parallelism, maxFailedIndexes, backoffLimitPerIndex }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const limit = (field: string, value: number | undefined, max: number, text: string) => {
    if (value !== undefined && value > max) errors.push(invalid(path.child(field), value, `must be less than or equal to ${text}`))
  }
  if (completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'))
  limit('parallelism', parallelism, manyCompletions, `${manyCompletions} when completion mode is Indexed`)
  if (completions !== undefined) limit('maxFailedIndexes', maxFailedIndexes, completions, 'completions')
  limit('maxFailedIndexes', maxFailedIndexes, manyCompletions, `${manyCompletions}`)
  if (completions > manyCompletions && backoffLimitPerIndex !== undefined) {
    const text = `${highParallelism} when completions are above ${manyCompletions} and used with backoff limit per index`
    if (maxFailedIndexes === undefined) {
      errors.push(required(path.child('maxFailedIndexes'), `must be specified when completions is above ${manyCompletions}`))
    }
    limit('parallelism', parallelism, highParallelism, text)
    limit('maxFailedIndexes', maxFailedIndexes, highParallelism, text)
  }
  return errors
}

function validateSuccess(spec: Fields, path: FieldPath): FieldError[] {
  const { successPolicy } = spec
  if (successPolicy === undefined) return []
  return isIndexed(spec)
    ? validateSuccessPolicy(spec, path)
    : [invalid(path, showSuccessPolicy(successPolicy), 'requires indexed completion mode')]
}

function validateReplacement({ podReplacementPolicy, podFailurePolicy }: Fields, path: FieldPath): FieldError[] {
  if (podReplacementPolicy === undefined) return []
  return validateOneOf(podReplacementPolicy, podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'], path)
}

function validateRestartPolicy({ template, podFailurePolicy }: Fields, path: FieldPath): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? ''
  if (policy === 'Always' || policy === '') return [required(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])]
  const mayRestart = podFailurePolicy && policy !== 'Never'
  return mayRestart ? [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')] : []
}

export function jobSpecWarnings(spec: Fields, path: FieldPath, old?: Fields): string[] {
  const large = isIndexed(spec) && spec['completions'] > manyCompletions && spec['parallelism'] > highParallelism
  const text =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [...(large ? [`${path}: ${text}`] : []), ...podTemplateWarnings(spec['template'] ?? {}, path.child('template'), old?.['template'])]
}
