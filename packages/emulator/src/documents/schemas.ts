import { readFileSync } from 'node:fs'
import type { JsonSchema } from './json-schema.ts'

const loaded = new Map<string, JsonSchema>()

/** One of the schemas that the package publishes, such as `faults`. */
export function loadSchema(name: 'faults' | 'scenario'): JsonSchema {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const schema: JsonSchema = JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'))
  loaded.set(name, schema)
  return schema
}
