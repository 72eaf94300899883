import { evaluateJsonPath } from '../../apimachinery/json-path/evaluate.ts'
import { type PathNode, parseJsonPath } from '../../apimachinery/json-path/parse.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { parseTime } from '../../apimachinery/time.ts'
import type { PrinterColumn } from '../../registry/custom/definition-object.ts'
import { escapeHtml } from '../responses.ts'
import type { TableColumn } from '../services.ts'
import { descriptions } from './column-descriptions.ts'
import { type Ages, nameOf, type RowPrinter } from './row-printer.ts'

const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: descriptions.Age,
  jsonPath: '.metadata.creationTimestamp',
}

/**
 * Tables of custom resources: the name, and the columns of their definition or, without any, the age. A column whose path cannot be read
 * ends them (apiextensions, tableconvertor.New).
 */
export function customPrinter(given: readonly PrinterColumn[], name: TableColumn): RowPrinter & { columns: readonly TableColumn[] } {
  const wanted = given.length === 0 ? [ageColumn] : given
  const unreadable = wanted.findIndex(({ jsonPath }) => parsePath(jsonPath) === undefined)
  const custom = unreadable < 0 ? wanted : wanted.slice(0, unreadable)
  const columns = custom.map(({ name, type, format = '', description = '', priority = 0, jsonPath }) => ({
    name,
    type,
    format,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
  }))
  const paths = custom.map(({ type, jsonPath }) => ({ type, path: parsePath(jsonPath) }))
  return {
    columns: [name, ...columns],
    cells: (object, ages) => [nameOf(object), ...paths.map(({ type, path }) => cellOf(object, type, path, ages))],
  }
}

function parsePath(text: string): PathNode[] | undefined {
  try {
    return parseJsonPath(text)
  } catch {
    return undefined
  }
}

/** Null where there is nothing, or nothing of the column's type. Of several results the first counts. */
function cellOf(object: KubeObject, type: string, path: PathNode[] | undefined, ages: Ages): unknown {
  let results: unknown[] = []
  try {
    if (path !== undefined) results = evaluateJsonPath(path, object)
  } catch {
    return null
  }
  if (results.length === 0) return null
  const [value] = results
  switch (type) {
    case 'string':
      return textOf(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? ageOf(value, ages) : null
    default:
      return null
  }
}

function ageOf(text: string, ages: Ages): string {
  if (text === '' || text === 'null') return '<unknown>'
  try {
    return ages.since(new Date(parseTime(text)).toISOString())
  } catch {
    return '<invalid>'
  }
}

function textOf(value: unknown): string {
  if (value === null) return '<no value>'
  if (typeof value === 'object') return escapeHtml(JSON.stringify(sortKeys(value)))
  return typeof value === 'number' ? formatNumber(value) : String(value)
}

/** Go's encoder sorts the keys of maps. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sortKeys((value as Record<string, unknown>)[key])]))
}

/** As Go prints a number: small ones with an exponent of two digits. */
function formatNumber(value: number): string {
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21)) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}
