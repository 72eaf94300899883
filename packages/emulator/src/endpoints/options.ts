import { type FieldError, fieldPath, forbidden, invalid, notSupported } from '../apimachinery/field-error.ts'
import { quote } from '../apimachinery/quote.ts'
import { newBadRequest, newInvalid } from '../apimachinery/status-error.ts'
import { validateFieldManager } from '../apimachinery/validation/index.ts'
import { isTrue } from './request-info.ts'
import { checkSelectors } from './selectors.ts'

/** CreateOptions, UpdateOptions and PatchOptions of a query (meta/v1). */
export interface WriteOptions {
  dryRun: boolean
  fieldManager: string
  fieldValidation: string
  /** Of an apply: take over the fields of others. */
  force: boolean | undefined
}

/**
 * Reads the options of a write.
 * @throws StatusError 422 naming the option
 */
export function parseWriteOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteOptions {
  if (query.size === 0 && !isApply) return { dryRun: false, fieldManager: '', fieldValidation: 'Warn', force: undefined }
  const force = query.get('force')
  const options = {
    dryRun: query.getAll('dryRun'),
    fieldManager: query.get('fieldManager') ?? '',
    fieldValidation: query.get('fieldValidation') ?? '',
    force: force === null ? undefined : isTrue(force),
  }
  const errors: FieldError[] = []
  if (kind === 'PatchOptions') {
    if (isApply && options.fieldManager === '') {
      errors.push({ reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' })
    }
    if (!isApply && options.force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  errors.push(...validateFieldManager(options.fieldManager, fieldPath('fieldManager')))
  errors.push(...validateDryRun(options.dryRun))
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(options.fieldValidation)) {
    errors.push(notSupported('fieldValidation', options.fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  }
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind }, '', errors)
  return { ...options, dryRun: options.dryRun.length > 0, fieldValidation: options.fieldValidation || 'Warn' }
}

export function validateDryRun(dryRun: readonly string[]): FieldError[] {
  return dryRun.length === 0 || (dryRun.length > 0 && dryRun.every((value) => value === 'All'))
    ? []
    : [notSupported('dryRun', dryRun, ['All'])]
}

/** ListOptions of a query (meta/v1), before the selectors are compiled. */
export interface ListOptions {
  labelSelector: string
  fieldSelector: string
  watch: boolean
  allowWatchBookmarks: boolean
  resourceVersion: string
  resourceVersionMatch: string
  timeoutSeconds: number | undefined
  limit: number
  continue: string
  sendInitialEvents: boolean | undefined
}

/**
 * Reads the options of a list, a watch or a deletecollection.
 * @throws StatusError 400 for numbers that are none, 422 for options that exclude each other
 */
export function parseListOptions(query: URLSearchParams, { forceWatch = false } = {}): ListOptions {
  const sendInitialEvents = query.get('sendInitialEvents')
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    watch: forceWatch || isTrue(query.get('watch')),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: parseInteger(query.get('timeoutSeconds')),
    limit: parseInteger(query.get('limit')) ?? 0,
    continue: query.get('continue') ?? '',
    sendInitialEvents: sendInitialEvents === null ? undefined : isTrue(sendInitialEvents),
  }
  // A watch from any version, or from version "0", begins with what exists unless it says otherwise.
  if (options.watch && options.sendInitialEvents === undefined && options.resourceVersionMatch === '') {
    if (options.resourceVersion === '' || options.resourceVersion === '0') {
      options.sendInitialEvents = true
      options.resourceVersionMatch = 'NotOlderThan'
    }
  }
  const errors = validateListOptions(options)
  if (errors.length > 0) checkSelectors(options.labelSelector, options.fieldSelector)
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  return options
}

const maxInt64 = 2n ** 63n

/** A whole number as Go's strconv.ParseInt takes it. */
export function parseInteger(text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^[+-]?\d+$/.test(text)) throw newBadRequest(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`)
  const value = BigInt(text)
  if (value >= maxInt64 || value < -maxInt64) throw newBadRequest(`strconv.ParseInt: parsing ${quote(text)}: value out of range`)
  return Number(value)
}

function validateListOptions(options: ListOptions): FieldError[] {
  if (options.watch) return validateWatchOptions(options)
  const { resourceVersionMatch: match, resourceVersion: version } = options
  const errors: FieldError[] = []
  if (match !== '') {
    if (version === '') errors.push(forbidden(matchField, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (options.continue !== '') errors.push(forbidden(matchField, 'resourceVersionMatch is forbidden when continue is provided'))
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(matchField, match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && version === '0') {
      errors.push(forbidden(matchField, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (options.sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

const matchField = 'resourceVersionMatch'

function validateWatchOptions({ resourceVersionMatch: match, sendInitialEvents, continue: token }: ListOptions): FieldError[] {
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden(matchField, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  if (match === '') return errors
  if (sendInitialEvents === undefined) {
    errors.push(forbidden(matchField, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  }
  if (match !== 'NotOlderThan') errors.push(notSupported(matchField, match, ['NotOlderThan']))
  if (token !== '') errors.push(forbidden(matchField, 'resourceVersionMatch is forbidden when continue is provided'))
  return errors
}

/** The revision in a resourceVersion. */
export function parseResourceVersion(text: string): { revision: number } | { error: FieldError } {
  if (text === '' || text === '0') return { revision: 0 }
  if (!/^\d+$/.test(text)) return { error: invalid('resourceVersion', text, `strconv.ParseUint: parsing ${quote(text)}: invalid syntax`) }
  if (BigInt(text) >= 2n ** 64n)
    return { error: invalid('resourceVersion', text, `strconv.ParseUint: parsing ${quote(text)}: value out of range`) }
  return { revision: Number(text) }
}
