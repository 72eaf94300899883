/** What the status of a Job may say, and how it may change (batch/validation). Most rules bind only updates that touch what they speak of. */
import { duplicate, type FieldError, type FieldPath, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { invalidWithoutValue, nonNegativeFields } from '../field-checks.ts'
import { differ } from '../spec-and-status.ts'
import { indexesOverlap, parseIndexes } from './indexes.ts'
import { isIndexed } from './job-spec.ts'

const path = fieldPath('status')

export function hasCondition({ conditions }: Fields, type: string, status = 'True'): boolean {
  return (conditions ?? []).some((condition: Fields) => condition['type'] === type && condition['status'] === status)
}

const isFinished = (status: Fields) => hasCondition(status, 'Complete') || hasCondition(status, 'Failed')
const conditionError = (text: string) => invalidWithoutValue(path.child('conditions'), text)

/** Both states of a status under update, and which of its parts changed. */
interface Change {
  status: Fields
  old: Fields
  spec: Fields
  /** A condition became true, or no longer is. */
  turned(condition: string): boolean
  changed(...fields: string[]): boolean
}

export function validateJobStatusUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const [status, old]: [Fields, Fields] = [object['status'] ?? {}, oldObject['status'] ?? {}]
  const change: Change = {
    status,
    old,
    spec: object['spec'],
    turned: (type) => hasCondition(status, type) !== hasCondition(old, type),
    changed: (...fields) => fields.some((field) => differ(status[field], old[field])),
  }
  return [
    ...nonNegativeFields(status, path, ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...validateUncounted(status['uncountedTerminatedPods'] ?? {}, path.child('uncountedTerminatedPods')),
    ...validateCompletion(change),
    ...validateFinished(change),
    ...validateIndexes(change),
    ...validatePods(change),
    ...validateSuccessCriteria(change),
    ...validateTransition(change),
  ]
}

function validateUncounted({ succeeded = [], failed = [] }: Fields, at: FieldPath): FieldError[] {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const [list, uids] of Object.entries({ succeeded, failed }) as [string, string[] | null][]) {
    for (const [i, uid] of (uids ?? []).entries()) {
      const uidPath = at.child(list).index(i)
      if (uid === '') errors.push(invalid(uidPath, uid, 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicate(uidPath, uid))
      else seen.add(uid)
    }
  }
  return errors
}

function validateCompletion({ status, turned, changed }: Change): FieldError[] {
  const { startTime, completionTime } = status
  const at = path.child('completionTime')
  const [complete, failed] = [hasCondition(status, 'Complete'), hasCondition(status, 'Failed')]
  const errors: FieldError[] = []
  if ((turned('Complete') || turned('Failed')) && complete && failed) {
    errors.push(conditionError('cannot set Complete=True and Failed=true conditions'))
  }
  if ((turned('Complete') || turned('FailureTarget')) && complete && hasCondition(status, 'FailureTarget')) {
    errors.push(conditionError('cannot set Complete=True and FailureTarget=true conditions'))
  }
  if (turned('Complete') || changed('completionTime')) {
    const early = 'cannot set completionTime when there is no Complete=True condition'
    if (completionTime && !complete) errors.push(invalid(at, completionTime, early))
    if (!completionTime && complete) errors.push(required(at, 'completionTime is required for Complete jobs'))
  }
  if (changed('startTime', 'completionTime') && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)) {
    errors.push(invalid(at, completionTime, 'must be equal to or after `startTime`'))
  }
  if ((turned('Failed') || changed('failedIndexes')) && failed && !hasCondition(status, 'FailureTarget')) {
    errors.push(conditionError('cannot set Failed=True condition without the FailureTarget=true condition'))
  }
  if ((turned('Complete') || turned('SuccessCriteriaMet')) && complete && !hasCondition(status, 'SuccessCriteriaMet')) {
    errors.push(conditionError('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'))
  }
  return errors
}

function validateFinished({ status, old, spec, changed }: Change): FieldError[] {
  if (!isFinished(status)) return []
  const turnedFinished = !isFinished(old)
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = status
  const neverStarted = spec['suspend'] === true && spec['completions'] === 0
  const errors: FieldError[] = []
  if ((turnedFinished || changed('active')) && active > 0) {
    errors.push(invalid(path.child('active'), active, 'active>0 is invalid for finished job'))
  }
  if ((turnedFinished || changed('startTime')) && !neverStarted && !startTime) {
    errors.push(required(path.child('startTime'), 'startTime is required for finished job'))
  }
  const { succeeded = null, failed = null } = uncounted ?? {}
  if ((turnedFinished || changed('uncountedTerminatedPods')) && (succeeded?.length || failed?.length)) {
    const shown = { Succeeded: succeeded, Failed: failed }
    errors.push(invalid(path.child('uncountedTerminatedPods'), shown, 'must be empty for finished job'))
  }
  return errors
}

function validateIndexes({ status, spec, changed }: Change): FieldError[] {
  const { completedIndexes = '', failedIndexes } = status
  const { completions, backoffLimitPerIndex } = spec
  const errors: FieldError[] = []
  const parse = (field: string, value: string) => {
    const { error } = parseIndexes(value, completions)
    if (error !== undefined) errors.push(invalid(path.child(field), value, `error parsing ${field}: ${error}`))
  }
  const [completedChanged, failedChanged] = [changed('completedIndexes'), changed('failedIndexes')]
  if (completedChanged && completions !== undefined) parse('completedIndexes', completedIndexes)
  if (failedChanged && completions !== undefined && backoffLimitPerIndex !== undefined && failedIndexes !== undefined) {
    parse('failedIndexes', failedIndexes)
  }
  if (completedChanged && completedIndexes !== '' && !isIndexed(spec)) {
    const text = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    errors.push(invalid(path.child('completedIndexes'), completedIndexes, text))
  }
  if (failedChanged && backoffLimitPerIndex === undefined && failedIndexes !== undefined) {
    errors.push(invalid(path.child('failedIndexes'), failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'))
  }
  if ((completedChanged || failedChanged) && completions !== undefined && failedIndexes !== undefined) {
    const overlap = indexesOverlap(completedIndexes, failedIndexes, completions)
    if (overlap !== undefined) errors.push(invalid(path.child('failedIndexes'), failedIndexes, overlap))
  }
  return errors
}

function validatePods({ status, old, changed }: Change): FieldError[] {
  const { terminating = 0, ready = 0, active = 0 } = status
  const errors: FieldError[] = []
  const finishedChanged = isFinished(status) !== isFinished(old)
  if ((finishedChanged || changed('terminating')) && terminating > 0 && isFinished(status)) {
    errors.push(invalid(path.child('terminating'), terminating, 'terminating>0 is invalid for finished job'))
  }
  if (changed('ready', 'active') && ready > active) {
    errors.push(invalid(path.child('ready'), ready, 'cannot set more ready pods than active'))
  }
  return errors
}

function validateSuccessCriteria({ status, spec }: Change): FieldError[] {
  if (!hasCondition(status, 'SuccessCriteriaMet')) {
    const early = spec['successPolicy'] !== undefined && hasCondition(status, 'Complete')
    return early ? [conditionError('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True')] : []
  }
  const contradicting = ['Failed', 'FailureTarget'].filter((type) => hasCondition(status, type))
  return contradicting.map((type) => conditionError(`cannot set SuccessCriteriaMet=True and ${type}=true conditions`))
}

function validateTransition({ status, old, spec }: Change): FieldError[] {
  const lost = (type: string) => hasCondition(old, type) && !hasCondition(status, type)
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter(lost)
    .map((type) => conditionError(`cannot disable the terminal ${type}=True condition`))
  const elastic = isIndexed(spec) && spec['completions'] === spec['parallelism']
  for (const counter of elastic ? ['failed'] : ['failed', 'succeeded']) {
    if ((status[counter] ?? 0) < (old[counter] ?? 0)) {
      errors.push(invalid(path.child(counter), status[counter] ?? 0, `cannot decrease the ${counter} counter`))
    }
  }
  const { completionTime, startTime } = status
  if (completionTime && old['completionTime'] && completionTime !== old['completionTime']) {
    errors.push(invalid(path.child('completionTime'), completionTime, 'field is immutable'))
  }
  const resuming = hasCondition(old, 'Suspended') && hasCondition(status, 'Suspended', 'False')
  if (!resuming && old['startTime'] && startTime !== old['startTime'] && spec['suspend'] !== true) {
    errors.push(invalid(path.child('startTime'), startTime ?? null, 'field is immutable for unsuspended job once set'))
  }
  if (lost('SuccessCriteriaMet')) errors.push(conditionError('cannot disable the SuccessCriteriaMet=True condition'))
  if (hasCondition(old, 'Complete') && !hasCondition(old, 'SuccessCriteriaMet') && hasCondition(status, 'SuccessCriteriaMet')) {
    errors.push(conditionError('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
  }
  return errors
}
