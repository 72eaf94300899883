import type { KubeObject } from '../object.ts'
import { isObject } from '../patch/json-object.ts'
import { emptiedMember } from '../scheme/emptied.ts'
import type { FieldSet } from './field-set.ts'

/** What a text says of the form of an object may take so much, and so many are remembered of a kind. */
const mostCharacters = 2048
const mostForms = 256

/** By the zero object of a kind, what this writer cannot change, and form. */
const known = new WeakMap<KubeObject, Map<FieldSet, Map<string, FieldSet>>>()

/**
 * What the writer of a new object comes to own: the same for all objects of one form, so that it is found out once. `findOut` is asked for
 * objects whose form takes a lot to tell, too.
 */
export function fieldsOfNew(zero: KubeObject, object: KubeObject, resetFields: FieldSet, findOut: () => FieldSet): FieldSet {
  const form = formOf(object)
  if (form === undefined || form.length > mostCharacters) return findOut()
  const forms = formsOf(zero, resetFields)
  let fields = forms.get(form)
  if (fields === undefined) {
    fields = findOut()
    if (forms.size >= mostForms) forms.clear()
    forms.set(form, fields)
  }
  return fields
}

function formsOf(zero: KubeObject, resetFields: FieldSet): Map<string, FieldSet> {
  const ofKind = known.get(zero) ?? new Map<FieldSet, Map<string, FieldSet>>()
  const forms = ofKind.get(resetFields) ?? new Map<string, FieldSet>()
  if (forms.size === 0) known.set(zero, ofKind.set(resetFields, forms))
  return forms
}

/** What a type's zero object may hold: who writes it has changed nothing. Of other scalars it does not matter which they are. */
const zeros = new Set<unknown>(['', 0, false, null, '0'])

/**
 * All of an object that has a say in who owns what: the names of members in their order, and which scalars are zero. Lists may have items
 * that are told apart by what they hold, so that objects with lists are seldom alike: they have no form.
 */
function formOf(value: unknown): string | undefined {
  if (value === undefined || Array.isArray(value)) return undefined
  if (!isObject(value)) return zeros.has(value) ? JSON.stringify(value) : '*'
  let text = '{'
  for (const name in value) {
    // A list that was empty when it was decoded is another thing than none.
    if (value[name] === null && emptiedMember(value, name) !== undefined) return undefined
    const form = formOf(value[name])
    if (form === undefined) return undefined
    text += `${name.length}:${name}${form}`
  }
  return `${text}}`
}
