/** References from networking objects to others, by kind and name. */
import { type FieldError, type FieldPath, required } from '../../apimachinery/field-error.ts'
import { check, type Fields, pathSegmentName, validateDNS1123Subdomain } from '../../apimachinery/validation/index.ts'

export const validateSegment = (value: string, path: FieldPath): FieldError[] => check((name) => pathSegmentName(name, false), value, path)

/** Fields that must hold names; an empty one is missing. */
export const validateSegments = (reference: Fields, path: FieldPath, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => (reference[name] ? validateSegment(reference[name], path.child(name)) : [required(path.child(name))]))

/** apiGroup, kind and name. */
export const validateKindReference = (reference: Fields, path: FieldPath): FieldError[] => [
  ...(reference['apiGroup'] == null ? [] : validateDNS1123Subdomain(reference['apiGroup'], path.child('apiGroup'))),
  ...validateSegments(reference, path, ['kind', 'name']),
]
