import type { Facts, FieldFacts } from '../../facts/types.ts'
import { fieldFlags } from '../../facts/types.ts'

/** A field of a type, with the fields of inlined types in their place. */
export interface Field {
  number: number
  name: string
  /** `string`, `message`, `[]message`, `map:quantity` …: see the facts. */
  kind: string
  /** The message type, '' if none. */
  type: string
  pointer: boolean
  omitEmpty: boolean
  omitZero: boolean
  /** Go's type, such as `[]v1.Container`. */
  goType: string
  /** Go names of the inlined fields that this one is in. */
  embedded: readonly string[]
}

export interface ObjectType {
  name: string
  /** Go's name without the package, as errors give it. */
  goName: string
  fields: readonly Field[]
  byName: ReadonlyMap<string, Field>
}

export interface TypeTable {
  ofKind(apiVersion: string, kind: string): string | undefined
  get(name: string): ObjectType
}

const typeMeta: readonly Omit<Field, 'embedded'>[] = ['kind', 'apiVersion'].map((name) => ({
  number: 0,
  name,
  kind: 'string',
  type: '',
  pointer: false,
  omitEmpty: true,
  omitZero: false,
  goType: 'string',
}))

/** Types are put together when they are first asked for. */
export function createTypeTable(facts: Facts): TypeTable {
  const made = new Map<string, ObjectType>()
  let roots: Set<string> | undefined

  function get(name: string): ObjectType {
    const known = made.get(name)
    if (known !== undefined) return known
    roots ??= new Set(Object.values(facts.types.kinds))
    const meta = roots.has(name) ? typeMeta.map((field) => ({ ...field, embedded: ['TypeMeta'] })) : []
    const fields = [...meta, ...fieldsOf(name, [])]
    const type: ObjectType = {
      name,
      goName: name.slice(name.lastIndexOf('.') + 1),
      fields,
      byName: new Map(fields.map((field) => [field.name, field])),
    }
    made.set(name, type)
    return type
  }

  function fieldsOf(name: string, embedded: readonly string[]): Field[] {
    const rows = facts.types.types[name]
    if (rows === undefined) throw new TypeError(`no type ${name} in the facts`)
    return rows.flatMap((row, index) => {
      const field = fieldOf(row, name, index, embedded)
      if ((row[4] & fieldFlags.inline) === 0) return [field]
      return fieldsOf(field.type, [...embedded, field.name])
    })
  }

  function fieldOf([number, name, kind, type, flags]: FieldFacts, owner: string, index: number, embedded: readonly string[]): Field {
    const has = (flag: number) => (flags & flag) !== 0
    const { pointer, omitEmpty, omitZero } = fieldFlags
    return {
      number,
      name,
      kind,
      type,
      pointer: has(pointer),
      omitEmpty: has(omitEmpty),
      omitZero: has(omitZero),
      // Read only for an error.
      get goType() {
        return facts.goNames.types[owner]?.[index]?.replace(/^\*/, '') ?? ''
      },
      embedded,
    }
  }

  return {
    ofKind: (apiVersion, kind) => {
      const key = `${apiVersion}/${kind}`
      return Object.hasOwn(facts.types.kinds, key) ? facts.types.kinds[key] : undefined
    },
    get,
  }
}

/** Splits `[]message`, `map:string`, `items` from what they hold. */
export function containerOf(kind: string): { container: 'list' | 'map' | undefined; element: string } {
  if (kind.startsWith('[]')) return { container: 'list', element: kind.slice(2) }
  if (kind.startsWith('map:')) return { container: 'map', element: kind.slice(4) }
  return { container: undefined, element: kind }
}
