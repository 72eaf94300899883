/** Labels, annotations and label selectors (apimachinery, apis/meta/v1/validation and api/validate/content). */
import { type FieldError, type FieldPath, forbidden, invalid, required, tooLong } from '../field-error.ts'
import { isDNS1123SubdomainInBytes } from './names.ts'
import { byteLength, maxBytesError, regexError, whole } from './text.ts'

export interface LabelSelectorRequirement {
  key?: string
  operator?: string
  values?: string[]
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: LabelSelectorRequirement[]
}

export interface LabelSelectorOptions {
  /** What an old object already holds may stay. */
  allowInvalidValues?: boolean
  allowUnknownOperators?: boolean
}

const keyFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const keyText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const keyPattern = whole(keyFormat)
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const valuePattern = whole(`(${keyFormat})?`)
const maxAnnotationBytes = 256 * 1024

const keyRegexError = () => regexError(keyText, keyFormat, 'MyName', 'my.name', '123-abc')

/** `name` or `prefix/name`: keys of labels, names of resources, finalizers and much more. */
export function isQualifiedName(value: string): string[] {
  const parts = value.split('/')
  if (parts.length > 2)
    return [`a valid label key ${keyRegexError()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const errors = parts.length === 2 ? prefixErrors(parts[0] as string) : []
  const name = parts.at(-1) as string
  if (name === '') errors.push('name part must be non-empty')
  else if (byteLength(name) > 63) errors.push(`name part ${maxBytesError(63)}`)
  if (!keyPattern.test(name)) errors.push(`name part ${keyRegexError()}`)
  return errors
}

function prefixErrors(prefix: string): string[] {
  const errors = prefix === '' ? ['must be non-empty'] : isDNS1123SubdomainInBytes(prefix)
  return errors.map((text) => `prefix part ${text}`)
}

export function isLabelValue(value: string): string[] {
  const errors = byteLength(value) > 63 ? [maxBytesError(63)] : []
  return valuePattern.test(value) ? errors : [...errors, regexError(valueText, `(${keyFormat})?`, 'MyValue', 'my_value', '12345')]
}

export function validateLabelName(name: string, path: FieldPath): FieldError[] {
  return isQualifiedName(name).map((text) => invalid(path, name, text))
}

export function validateLabels(labels: Record<string, string> | undefined, path: FieldPath): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...validateLabelName(key, path),
    ...isLabelValue(value).map((text) => invalid(path, value, text)),
  ])
}

export function validateAnnotations(annotations: Record<string, string> | undefined, path: FieldPath): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  const errors = entries.flatMap(([key]) => isQualifiedName(key.toLowerCase()).map((text) => invalid(path, key, text)))
  const size = entries.reduce((total, [key, value]) => total + byteLength(key) + byteLength(value), 0)
  return size > maxAnnotationBytes ? [...errors, tooLong(path, maxAnnotationBytes)] : errors
}

export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: FieldPath,
  options: LabelSelectorOptions = {},
): FieldError[] {
  if (selector === undefined || selector === null) return []
  return [
    ...validateLabels(selector.matchLabels, path.child('matchLabels')),
    ...(selector.matchExpressions ?? []).flatMap((requirement, i) =>
      validateLabelSelectorRequirement(requirement, path.child('matchExpressions').index(i), options),
    ),
  ]
}

export function validateLabelSelectorRequirement(
  { key = '', operator = '', values = [] }: LabelSelectorRequirement,
  path: FieldPath,
  options: LabelSelectorOptions = {},
): FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else if (!options.allowUnknownOperators) {
    errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'))
  }
  errors.push(...validateLabelName(key, path.child('key')))
  if (!options.allowInvalidValues) {
    values.forEach((value, i) => {
      errors.push(...isLabelValue(value).map((text) => invalid(path.child('values').index(i), value, text)))
    })
  }
  return errors
}

/** An update may keep values that are invalid, if the stored selector has such a one already. */
export function selectorHasInvalidValue(selector: LabelSelector | undefined): boolean {
  return (selector?.matchExpressions ?? []).some(({ values }) => (values ?? []).some((value) => isLabelValue(value).length > 0))
}
