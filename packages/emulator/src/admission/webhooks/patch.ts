/** Applies the patch of a webhook, whose failures are told (the library that the API server applies it with). */
import { applyJsonPatch } from '../../apimachinery/patch/json-patch.ts'

interface Operation {
  op?: string
  path?: string
  from?: string
  value?: unknown
}

/** An operation that cannot be applied, and why. */
export class PatchFailure extends Error {}

/** What a failed test says at its end. */
export const testFailed = 'test failed'

/**
 * The document that the operations make.
 * @throws PatchFailure
 */
export function applyOperations(document: unknown, operations: readonly Operation[]): unknown {
  let current = document
  for (const operation of operations) {
    try {
      current = applyJsonPatch(current, [operation as never])
    } catch {
      throw new PatchFailure(explain(current, operation))
    }
  }
  return current
}

const missing = 'missing value'

function explain(document: unknown, { op = '', path, from }: Operation): string {
  switch (op) {
    case 'add':
      if (path === undefined) return `add operation failed to decode path: ${missing}`
      if (!hasParent(document, path)) return `add operation does not apply: doc is missing path: "${path}": ${missing}`
      return `error in add for path: '${path}': ${indexProblem(document, path)}`
    case 'remove':
      if (path === undefined) return `remove operation failed to decode path: ${missing}`
      if (!hasParent(document, path)) return `remove operation does not apply: doc is missing path: "${path}": ${missing}`
      return `error in remove for path: '${path}': ${removalProblem(document, path)}`
    case 'replace':
      if (path === undefined) return `replace operation failed to decode path: operation missing path field: ${missing}`
      return `replace operation does not apply: doc is missing ${hasParent(document, path) ? 'key' : 'path'}: ${path}: ${missing}`
    case 'test':
      if (path === undefined) return `test operation failed to decode path: operation missing path field: ${missing}`
      if (!hasParent(document, path)) return `test operation does not apply: is missing path: ${path}: ${missing}`
      return `testing value ${path} failed: ${testFailed}`
    case 'move':
    case 'copy':
      return explainTransfer(document, op, path, from)
    default:
      return `Unexpected kind: ${op === '' ? 'unknown' : op}`
  }
}

function explainTransfer(document: unknown, op: string, path: string | undefined, from: string | undefined): string {
  if (from === undefined) return `${op} operation failed to decode from: operation, missing from field: ${missing}`
  if (!hasParent(document, from)) return `${op} operation does not apply: doc is missing from path: ${from}: ${missing}`
  if (path === undefined) return `${op} operation failed to decode path: ${op === 'move' ? 'operation missing path field: ' : ''}${missing}`
  if (op === 'move' && valueAt(document, from) === undefined) {
    return `error in move for path: '${lastToken(from)}': Unable to remove nonexistent key: ${lastToken(from)}: ${missing}`
  }
  if (!hasParent(document, path)) return `${op} operation does not apply: doc is missing destination path: ${path}: ${missing}`
  return op === 'move'
    ? `error in move for path: '${path}': ${indexProblem(document, path)}`
    : `error while adding value during copy: ${indexProblem(document, path)}`
}

const tokensOf = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
const lastToken = (path: string) => tokensOf(path).at(-1) ?? ''

function walk(document: unknown, tokens: readonly string[]): unknown {
  let value = document
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Array.isArray(value) ? value.at(Number(token)) : (value as Record<string, unknown>)[token]
  }
  return value
}

const parentOf = (document: unknown, path: string) => walk(document, tokensOf(path).slice(0, -1))
const valueAt = (document: unknown, path: string) => walk(document, tokensOf(path))
const hasParent = (document: unknown, path: string) => {
  const parent = parentOf(document, path)
  return typeof parent === 'object' && parent !== null && path.includes('/')
}

function indexProblem(document: unknown, path: string): string {
  const [token, parent] = [lastToken(path), parentOf(document, path)]
  if (Array.isArray(parent) && !/^[+-]?\d+$/.test(token)) {
    return `value was not a proper array index: '${token}': strconv.Atoi: parsing "${token}": invalid syntax`
  }
  return `Unable to access invalid index: ${token}: invalid index referenced`
}

const removalProblem = (document: unknown, path: string) =>
  Array.isArray(parentOf(document, path))
    ? indexProblem(document, path)
    : `Unable to remove nonexistent key: ${lastToken(path)}: ${missing}`
