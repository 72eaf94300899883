import type { Problem } from '../../documents/json-schema.ts'

/** Where an object is not as a pattern has it. Fields that the pattern leaves out may be anything; null means absent; lists are compared item by item. */
export function differences(pattern: unknown, value: unknown, path: (string | number)[] = []): Problem[] {
  if (pattern === null) return value === undefined || value === null ? [] : [{ path, message: `is ${JSON.stringify(value)}, not absent` }]
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return [{ path, message: `is ${shown(value)}, not a list` }]
    if (value.length !== pattern.length) return [{ path, message: `has ${value.length} items, not ${pattern.length}` }]
    return pattern.flatMap((item, index) => differences(item, value[index], [...path, index]))
  }
  if (typeof pattern !== 'object') return pattern === value ? [] : [{ path, message: `is ${shown(value)}, not ${JSON.stringify(pattern)}` }]
  if (typeof value !== 'object' || value === null) return [{ path, message: `is ${shown(value)}, not an object` }]
  return Object.entries(pattern as object).flatMap(([name, field]) =>
    differences(field, (value as Record<string, unknown>)[name], [...path, name]),
  )
}

const shown = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value))
