interface WireField {
  n: number
  j?: string
  k: string
  t?: string
  p?: boolean
  o?: boolean
  i?: boolean
}
interface WireTypes {
  kinds: Record<string, string>
  types: Record<string, WireField[]>
}
interface GoTypes {
  schemes: Record<string, Record<string, [string, string]>>
  names: Record<string, string>
  types: Record<string, string[]>
}

/** Types whose JSON is not that of their fields: a schema, or instead of it a bool or a list (apiextensions/v1, marshal.go). */
const kindsOfOwnJson: Readonly<Record<string, string>> = {
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool': 'schema-or-bool',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray': 'schema-or-list',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray': 'schema-or-strings',
}

const pointer = 1
const omitEmpty = 2
const omitZero = 4
const inline = 8

/** Sizes of Go's integers: what a JSON number may be. */
const integerKinds: Readonly<Record<string, string>> = { int32: 'int32', uint8: 'uint8', uint32: 'uint32', uint64: 'uint64' }

/**
 * Each type's fields as `[protobuf number, JSON name, kind, message type, flags]` (of inlined fields, Go's name instead of JSON's), and
 * apart, as only errors need it, the Go type of each field.
 * Field numbers and names come from the wire types, options from Go's struct tags.
 */
export function typeTable(wire: WireTypes, go: GoTypes): { types: object; goNames: object } {
  const types: Record<string, unknown[]> = {}
  const goNames: Record<string, string[]> = {}
  for (const [name, fields] of Object.entries(wire.types)) {
    const tags = go.types[name]
    if (tags === undefined || tags.length !== fields.length) throw new Error(`wire types and Go types differ: ${name}`)
    types[name] = fields.map((field, i) => row(name, field, tags[i] as string))
    goNames[name] = tags.map((tag) => tag.split('|')[0] as string)
  }
  return { types: { kinds: wire.kinds, types }, goNames: { types: goNames, schemes: go.schemes, names: go.names } }
}

/** `v1.ValidationRules` of a type in the same package: `…/v1.ValidationRule`. */
function elementOf(owner: string, goType: string): string {
  const plural = goType.slice(goType.lastIndexOf('.') + 1)
  return `${owner.slice(0, owner.lastIndexOf('.'))}.${plural.replace(/s$/, '')}`
}

function row(owner: string, field: WireField, tag: string): unknown[] {
  const [goType = '', options = ''] = tag.split('|')
  const options_ = options.split('=')[0] as string
  const flags =
    (field.p ? pointer : 0) | (options_.includes('e') ? omitEmpty : 0) | (options_.includes('z') ? omitZero : 0) | (field.i ? inline : 0)
  let kind = field.k
  const own = field.t === undefined ? undefined : kindsOfOwnJson[field.t]
  if (own !== undefined) kind = kind.replace('message', own)
  const integer = /(u?int\d+)$/.exec(goType)?.[1]
  if (/int$/.test(kind) && integer !== undefined) kind = kind.replace(/int$/, integerKinds[integer] ?? 'int')
  const name = field.i ? options.split('=')[1] : field.j
  // A list with a name of its own, whose elements the wire types leave out.
  if (kind === 'items' && field.t === 'message') return [field.n, name ?? '', '[]message', elementOf(owner, goType), flags]
  return [field.n, name ?? '', kind, field.t ?? '', flags]
}
