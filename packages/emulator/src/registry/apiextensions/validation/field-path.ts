import { type FieldPath, fieldPath } from '../../../apimachinery/field-error.ts'
import type { JsonSchema } from '../../custom/schema/types.ts'

interface ResolvedPath {
  names: string[]
  /** As errors name the field. */
  path: string
  field: FieldPath | undefined
  schema: JsonSchema | undefined
}

/** Follows a path such as `.spec['a-b'].c` through a schema (apiextensions, schema/cel ValidFieldPath). */
export function resolveFieldPath(text: string, root: JsonSchema, { brackets = true } = {}): ResolvedPath | { error: string } {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? []
  const names: string[] = []
  let schema: JsonSchema | undefined = root
  let field: FieldPath | undefined
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (token !== '.' && token !== '[') return { error: `expected [ or . but got: ${token}` }
    if (token === '[' && !brackets) return { error: 'array notation is not allowed' }
    const next = tokens[++i]
    if (next === undefined) return { error: 'unexpected end of JSON path' }
    if (token === '[' && !/^'.*'$/s.test(next)) return { error: `expected single quoted string but got ${next}` }
    const name = token === '[' ? next.slice(1, -1).replace(/\\(.)/g, '$1') : next
    const { properties, additionalProperties } = (schema ?? {}) as JsonSchema
    if (properties !== undefined) {
      if (!Object.hasOwn(properties, name)) return { error: 'does not refer to a valid field' }
      schema = properties[name]
      field = field === undefined ? fieldPath(name) : field.child(name)
    } else if (additionalProperties !== undefined) {
      schema = typeof additionalProperties === 'object' ? additionalProperties : undefined
      field = (field ?? fieldPath()).key(name)
    } else return { error: 'does not refer to a valid field' }
    names.push(name)
    if (token === '[' && tokens[++i] !== ']') {
      return { error: tokens[i] === undefined ? 'unexpected end of JSON path' : `expected ] but got ${tokens[i]}` }
    }
  }
  return { names, path: String(field ?? ''), field, schema }
}
