import { createHash } from 'node:crypto'

interface Document {
  components?: { schemas?: Record<string, unknown> }
}

/** The documents as they are served, and the index at `/openapi/v3`, whose URLs carry a hash of each document. */
export function openApiDocuments(documents: ReadonlyMap<string, unknown>): { index: object; texts: Map<string, string> } {
  const texts = new Map([...documents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, document]) => [path, JSON.stringify(document)]))
  const paths = Object.fromEntries(
    [...texts].map(([path, text]) => {
      const hash = createHash('sha512').update(text).digest('hex').toUpperCase()
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]
    }),
  )
  return { index: { paths }, texts }
}

/**
 * Every schema once, a line each: `NAME JSON`, so that a reader parses only the ones it wants. A first line holds, for each document,
 * the numbers of its schemas' lines: a name may stand for different schemas in different documents.
 */
export function schemaLines(documents: ReadonlyMap<string, unknown>): string {
  const lines: string[] = []
  const numbers = new Map<string, number>()
  const index: Record<string, number[]> = {}
  for (const [path, document] of documents) {
    const schemas = (document as Document).components?.schemas ?? {}
    index[path] = Object.entries(schemas).map(([name, schema]) => {
      const line = `${name} ${JSON.stringify(schema)}`
      const number = numbers.get(line) ?? lines.push(line) - 1
      numbers.set(line, number)
      return number
    })
  }
  return [JSON.stringify(index), ...lines].join('\n')
}
