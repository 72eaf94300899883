/** CronJobs (apis/batch, registry/batch/cronjob). */
import { type FieldError, type FieldPath, fieldPath, invalid, notSupported, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { byteLength, type Fields, validateOneOf } from '../../apimachinery/validation/index.ts'
import { nonNegativeFields, showSelector } from '../field-checks.ts'
import { ownerNameWarnings } from '../pod-template.ts'
import { specAndStatus, statusOnly } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'
import { applyJobSpecDefaults } from './job.ts'
import { jobSpecWarnings, validateJobSpec } from './job-spec.ts'
import { locationError, scheduleError } from './schedule.ts'

const specPath = fieldPath('spec')
const jobPath = specPath.child('jobTemplate').child('spec')

function applyDefaults({ spec }: KubeObject): void {
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  spec.jobTemplate ??= {}
  spec.jobTemplate.spec ??= {}
  applyJobSpecDefaults(spec.jobTemplate.spec)
}

function validateSpec(spec: Fields, old?: Fields): FieldError[] {
  return [
    ...validateSchedule(spec['schedule'] ?? '', spec['timeZone'], old?.['schedule']?.includes('TZ') === true),
    ...nonNegativeFields(spec, specPath, ['startingDeadlineSeconds']),
    ...(old === undefined || old['timeZone'] !== spec['timeZone'] ? validateTimeZone(spec['timeZone'], specPath.child('timeZone')) : []),
    ...validateOneOf(spec['concurrencyPolicy'], ['Allow', 'Forbid', 'Replace'], specPath.child('concurrencyPolicy')),
    ...validateJobTemplate(spec['jobTemplate']?.spec ?? {}, old?.['jobTemplate']?.spec),
    ...nonNegativeFields(spec, specPath, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
  ]
}

/** A zone in the schedule was once accepted: CronJobs that have one keep it. */
function validateSchedule(schedule: string, timeZone: string | undefined, mayHaveZone: boolean): FieldError[] {
  const path = specPath.child('schedule')
  if (schedule === '') return [required(path)]
  const error = scheduleError(schedule)
  const errors = error === undefined ? [] : [invalid(path, schedule, error)]
  if (!schedule.includes('TZ')) return errors
  if (!mayHaveZone) return [...errors, invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  if (timeZone === undefined) return errors
  return [...errors, invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
}

function validateTimeZone(timeZone: string | undefined, path: FieldPath): FieldError[] {
  if (timeZone === undefined) return []
  if (timeZone === '') return [invalid(path, timeZone, 'timeZone must be nil or non-empty string')]
  const misspelled = timeZone.split('/').some((part) => part === '.' || part === '..' || !/^(?!-)[A-Za-z._0-9+-]{1,14}$/.test(part))
  if (misspelled) return [invalid(path, timeZone, `unknown time zone ${timeZone}`)]
  const local = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  const error = locationError(timeZone)
  return [
    ...(timeZone.toLowerCase() === 'local' ? [invalid(path, timeZone, local)] : []),
    ...(error === undefined ? [] : [invalid(path, timeZone, error)]),
  ]
}

function validateJobTemplate(spec: Fields, old?: Fields): FieldError[] {
  const errors = validateJobSpec(spec, jobPath, old)
  if (spec['selector']) errors.push(invalid(jobPath.child('selector'), showSelector(spec['selector']), '`selector` will be auto-generated'))
  if (spec['manualSelector'] === true) errors.push(notSupported(jobPath.child('manualSelector'), true, ['nil', 'false']))
  return errors
}

function validate({ metadata, spec }: KubeObject): FieldError[] {
  const errors = validateSpec(spec)
  if (byteLength(metadata.name ?? '') <= 52) return errors
  return [...errors, invalid(fieldPath('metadata').child('name'), metadata.name, 'must be no more than 52 characters')]
}

function warningsOnUpdate(object: KubeObject, old: KubeObject): string[] {
  const changed = object.metadata.generation !== old.metadata.generation
  const { schedule = '', jobTemplate } = object['spec']
  const warnings = changed ? jobSpecWarnings(jobTemplate?.spec ?? {}, jobPath, old['spec'].jobTemplate?.spec) : []
  if (!schedule.includes('TZ')) return warnings
  const page = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/'
  return [...warnings, `cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ${page} for more details`]
}

export const cronJob: Strategy = {
  applyDefaults,
  ...specAndStatus({ emptyStatus: {} }),
  validate,
  validateUpdate: ({ spec }, { spec: old }) => validateSpec(spec, old),
  warningsOnCreate: (object) => [...ownerNameWarnings(object), ...jobSpecWarnings(object['spec'].jobTemplate?.spec ?? {}, jobPath)],
  warningsOnUpdate,
  status: { metadataChecksOnUpdate: [], ...statusOnly },
}
