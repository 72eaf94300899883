import { type JsonNode, parseJsonTree } from '../scheme/json-tree.ts'
import { parseJson as parse } from '../scheme/parse-json.ts'

export { JsonSyntaxError } from '../scheme/json-tree.ts'

export interface ParsedPatch {
  value: unknown
  /** Paths of members that an object holds twice, such as `data.a` or `[0].op`, in the order of the text. */
  duplicates: string[]
}

/** What a Go error calls a JSON value. */
export function jsonTypeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Parses JSON, reporting what Go's decoder would: the same syntax errors, and duplicate members.
 * @throws JsonSyntaxError
 */
export function parsePatch(text: string): ParsedPatch {
  const { value, plain } = parse(text)
  if (plain) return { value, duplicates: [] }
  const duplicates = new Set<string>()
  findDuplicates(parseJsonTree(text), '', duplicates)
  return { value, duplicates: [...duplicates] }
}

function findDuplicates(node: JsonNode, path: string, found: Set<string>): void {
  if (node.type === 'array') for (const [index, item] of node.items.entries()) findDuplicates(item, `${path}[${index}]`, found)
  if (node.type !== 'object') return
  const seen = new Set<string>()
  for (const [key, member] of node.members) {
    const at = path === '' ? key : `${path}.${key}`
    if (seen.has(key)) found.add(at)
    seen.add(key)
    findDuplicates(member, at, found)
  }
}
