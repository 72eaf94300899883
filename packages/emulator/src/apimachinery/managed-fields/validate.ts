import { goValue, isObject } from '../patch/json-object.ts'
import type { ListShape, MapShape, ScalarShape, SchemaNode } from '../patch/schema.ts'
import { fieldElement, listElement, SchemaMismatch, showPathElement } from './path-element.ts'

interface Mismatch {
  path: string
  message: string
}

/** Checks that an object has the shape of its schema. Elements that are there twice are an error unless allowed.
 * @throws SchemaMismatch whose message lists what is wrong (structured-merge-diff, typed.ValidationErrors)
 */
export function validateTyped(object: unknown, schema: SchemaNode, allowDuplicates: boolean): void {
  const found: Mismatch[] = []
  check(object, schema, '', { found, allowDuplicates })
  if (found.length === 0) return
  const texts = found.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  throw new SchemaMismatch(texts.length === 1 ? texts[0] : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n'))
}

interface Run {
  found: Mismatch[]
  allowDuplicates: boolean
}

function check(value: unknown, schema: SchemaNode, path: string, run: Run): void {
  const { map, list, scalar } = schema
  const isScalar = typeof value !== 'object'
  if (map !== undefined && !(isScalar && scalar !== undefined) && !(Array.isArray(value) && list !== undefined))
    checkMap(value, map, path, run)
  else if (scalar !== undefined && !(Array.isArray(value) && list !== undefined)) checkScalar(value, scalar, path, run)
  else if (list !== undefined) checkList(value, list, path, run)
  else run.found.push({ path, message: 'schema error: invalid atom: inlined' })
}

function checkMap(value: unknown, map: MapShape, path: string, run: Run): void {
  if (value === null) return
  if (!isObject(value)) {
    run.found.push({ path, message: `expected map, got ${showValue(value)}` })
    return
  }
  for (const [key, member] of Object.entries(value)) {
    const at = path + showPathElement(fieldElement(key))
    const node = map.fields.get(key)?.node ?? map.element
    if (node === undefined) {
      run.found.push({ path: at, message: 'field not declared in schema' })
      return
    }
    check(member, node(), at, run)
  }
}

function checkList(value: unknown, list: ListShape, path: string, run: Run): void {
  if (value === null) return
  if (!Array.isArray(value)) {
    run.found.push({ path, message: `expected list, got ${showValue(value)}` })
    return
  }
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`
    if (list.associative) {
      try {
        element = listElement(item, list)
      } catch (error) {
        if (!(error instanceof SchemaMismatch)) throw error
        run.found.push({ path, message: `element ${index}: ${error.message}` })
        return
      }
    }
    if (seen.has(element) && !run.allowDuplicates)
      run.found.push({ path, message: `duplicate entries for key ${showPathElement(element, String)}` })
    seen.add(element)
    check(item, list.element(), path + showPathElement(element, String), run)
  }
}

function checkScalar(value: unknown, { type }: ScalarShape, path: string, run: Run): void {
  if (value === null) return
  const message = scalarError(value, type)
  if (message !== undefined) run.found.push({ path, message })
}

function scalarError(value: unknown, type: ScalarShape['type']): string | undefined {
  switch (type) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${showValue(value)}`
    default:
      return typeof value === 'object' ? `expected any scalar, got ${showValue(value)}` : undefined
  }
}

/** A value as Go prints a pointer to its wrapper. */
const showValue = (value: unknown) => `&{${goValue(value)}}`

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`)
  return `map[string]interface {}{${members.join(', ')}}`
}
