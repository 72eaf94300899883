import type { GroupVersionKind } from '../apimachinery/group-version.ts'
import type { Schema, Schemas } from './types.ts'

interface SchemaSource {
  of(document: string): Schemas | undefined
  find(document: string, gvk: GroupVersionKind): { schema: Schema; name: string; components: Schemas } | undefined
}

/**
 * Reads the table of schemas: a first line that says which lines each document holds, then one schema a line, `NAME JSON`. Only the
 * schemas that someone looks at are parsed.
 */
export function createSchemas(text: string): SchemaSource {
  const [first = '{}', ...lines] = text.split('\n')
  const index = JSON.parse(first) as Record<string, number[]>
  const parsed: Schema[] = []
  const documents = new Map<string, Schemas>()

  function schemaAt(line: number): Schema {
    const source = lines[line] as string
    parsed[line] ??= JSON.parse(source.slice(source.indexOf(' ') + 1)) as Schema
    return parsed[line]
  }

  function of(document: string): Schemas | undefined {
    const known = documents.get(document)
    const numbers = index[document]
    if (known !== undefined || numbers === undefined) return known
    const schemas: Record<string, Schema> = {}
    for (const number of numbers) {
      const line = lines[number] as string
      const name = line.slice(0, line.indexOf(' '))
      Object.defineProperty(schemas, name, { enumerable: true, get: () => schemaAt(number) })
    }
    documents.set(document, schemas)
    return schemas
  }

  /** Looks for the kind in the text before it parses: most schemas are of no kind. */
  function find(document: string, { group, version, kind }: GroupVersionKind) {
    const components = of(document)
    if (components === undefined) return undefined
    const ending = `.${kind} `
    const candidates = (index[document] ?? []).filter((n) => lines[n]?.slice(0, lines[n].indexOf(' ') + 1).endsWith(ending))
    for (const number of candidates) {
      const schema = schemaAt(number)
      const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[]
      if (!kinds.some((k) => k.group === group && k.version === version && k.kind === kind)) continue
      const line = lines[number] as string
      return { schema, name: line.slice(0, line.indexOf(' ')), components }
    }
    return undefined
  }

  return { of, find }
}
