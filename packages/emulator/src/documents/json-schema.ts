/** The part of JSON Schema (draft 2020-12) that our own files need. */
export interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string | string[]
  enum?: unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  minItems?: number
  minProperties?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  description?: string
}

export type DocumentPath = readonly (string | number)[]

/** What is wrong with a value, and where in it. */
export interface Problem {
  path: DocumentPath
  message: string
}

/** All that is wrong with a value, outermost first. Of `anyOf`, the first that is of the value's shape is taken. */
export function findProblems(root: JsonSchema, value: unknown): Problem[] {
  const visit = (given: JsonSchema, each: unknown, path: DocumentPath): Problem[] => {
    const schema = resolve(root, given, each)
    const wrong = (message: string): Problem[] => [{ path, message }]
    if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(each, type)))
      return wrong(`is ${describe(each)}, not ${[schema.type].flat().map(article).join(' or ')}`)
    if (Array.isArray(each)) {
      if (each.length < (schema.minItems ?? 0)) return wrong('is empty')
      return schema.items === undefined ? [] : each.flatMap((item, index) => visit(schema.items!, item, [...path, index]))
    }
    if (isRecord(each)) return visitFields(schema, each, path, visit)
    const problem = scalarProblem(schema, each)
    return problem === undefined ? [] : wrong(problem)
  }
  return visit(root, value, [])
}

function visitFields(
  { properties = {}, additionalProperties = true, required = [], minProperties = 0 }: JsonSchema,
  value: Record<string, unknown>,
  path: DocumentPath,
  visit: (schema: JsonSchema, value: unknown, path: DocumentPath) => Problem[],
): Problem[] {
  const problems: Problem[] = []
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (schema === false)
      problems.push({ path: [...path, name], message: `unknown field "${name}"; fields are ${Object.keys(properties).join(', ')}` })
    else if (typeof schema === 'object') problems.push(...visit(schema, field, [...path, name]))
  }
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  for (const name of missing) problems.push({ path, message: `${name} is missing` })
  if (Object.keys(value).length < minProperties) problems.push({ path, message: 'is empty' })
  return problems
}

function scalarProblem(schema: JsonSchema, value: unknown): string | undefined {
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return `is ${JSON.stringify(value)}, not ${schema.enum.map((each) => JSON.stringify(each)).join(' or ')}`
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
    return `is ${JSON.stringify(value)}; ${schema.description ?? `it must match ${schema.pattern}`}`
  if (typeof value !== 'number') return undefined
  if (value < (schema.minimum ?? value)) return `is ${value}, and must be at least ${schema.minimum}`
  if (value > (schema.maximum ?? value)) return `is ${value}, and must be at most ${schema.maximum}`
  return undefined
}

function resolve(root: JsonSchema, schema: JsonSchema, value: unknown): JsonSchema {
  if (schema.$ref !== undefined) return resolve(root, root.$defs![schema.$ref.slice('#/$defs/'.length)]!, value)
  if (schema.anyOf === undefined) return schema
  const choices = schema.anyOf.map((each) => resolve(root, each, value))
  const fits = ({ type, required = [] }: JsonSchema) =>
    [type ?? []].flat().some((each) => isOfType(value, each)) && (!isRecord(value) || required.every((name) => Object.hasOwn(value, name)))
  return choices.find(fits) ?? choices.at(-1)!
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'object') return isRecord(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function describe(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : JSON.stringify(value)
}

const article = (type: string) => (type === 'array' ? 'a list' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
