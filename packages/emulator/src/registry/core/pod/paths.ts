/** Paths inside volumes and file modes. */
import { type FieldError, type FieldPath, invalid } from '../../../apimachinery/field-error.ts'

export function validateNoBacksteps(path: string, at: FieldPath): FieldError[] {
  return path.split('/').includes('..') ? [invalid(at, path, "must not contain '..'")] : []
}

/** Relative, and never out of where it starts. */
export function validateDescendingPath(path: string, at: FieldPath): FieldError[] {
  return [...(path.startsWith('/') ? [invalid(at, path, 'must be a relative path')] : []), ...validateNoBacksteps(path, at)]
}

/** As `validateDescendingPath`; names that start with two dots are the kubelet's own. */
export function validateRelativePath(path: string, at: FieldPath): FieldError[] {
  const errors = validateDescendingPath(path, at)
  return path.startsWith('..') && !path.startsWith('../') ? [...errors, invalid(at, path, "must not start with '..'")] : errors
}

export function validateFileMode(mode: number | undefined, at: FieldPath): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return []
  return [invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}
