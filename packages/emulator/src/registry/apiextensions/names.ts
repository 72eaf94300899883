import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import { quote } from '../../apimachinery/quote.ts'
import { type Condition, type CustomResourceDefinition, type DefinitionNames, findCondition } from '../custom/definition-object.ts'

type NewCondition = Omit<Condition, 'lastTransitionTime'>

export interface NamingResult {
  acceptedNames: DefinitionNames
  namesAccepted: NewCondition
  established: NewCondition
}

/**
 * Which names a definition gets, beside the others of its group (the naming controller). Names go to who asks first; the message is about
 * the last conflict that there is.
 */
export function acceptNames(crd: CustomResourceDefinition, group: readonly CustomResourceDefinition[]): NamingResult {
  const used = usedNames(group)
  const requested = crd.spec.names
  const accepted = crd.status?.acceptedNames ?? { plural: '', kind: '' }
  const names = deepCopy(accepted) as Record<string, unknown> & DefinitionNames
  let conflict: { reason: string; message: string } | undefined
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', among: ReadonlySet<string>, reason: string) => {
    const message = conflictOf(requested[field] ?? '', accepted[field] ?? '', among)
    if (message === undefined) setOrDelete(names, field, requested[field])
    else conflict = { reason, message }
  }
  claim('plural', used.resources, 'PluralConflict')
  claim('singular', used.resources, 'SingularConflict')
  const shortNames = shortNameConflicts(requested, accepted, used.resources)
  if (shortNames.length === 0) setOrDelete(names, 'shortNames', requested.shortNames)
  else conflict = { reason: 'ShortNamesConflict', message: shortNames.length === 1 ? shortNames[0]! : `[${shortNames.join(', ')}]` }
  claim('kind', used.kinds, 'KindConflict')
  claim('listKind', used.kinds, 'ListKindConflict')
  setOrDelete(names, 'categories', requested.categories)
  const namesAccepted: NewCondition =
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict }
  return { acceptedNames: names, namesAccepted, established: establishedOf(crd, conflict === undefined) }
}

function establishedOf(crd: CustomResourceDefinition, accepted: boolean): NewCondition {
  const known = findCondition(crd, 'Established')
  if (known?.status !== 'True' && accepted) {
    return { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' }
  }
  return known ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
}

function usedNames(group: readonly CustomResourceDefinition[]) {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const { status } of group) {
    const { plural = '', singular = '', shortNames = [], kind = '', listKind = '' } = status?.acceptedNames ?? {}
    for (const name of [plural, singular, ...shortNames]) resources.add(name)
    for (const name of [kind, listKind]) kinds.add(name)
  }
  return { resources, kinds }
}

function conflictOf(requested: string, accepted: string, used: ReadonlySet<string>): string | undefined {
  return requested !== accepted && used.has(requested) ? `${quote(requested)} is already in use` : undefined
}

function shortNameConflicts(requested: DefinitionNames, accepted: DefinitionNames, used: ReadonlySet<string>): string[] {
  const wanted = requested.shortNames ?? []
  const own = accepted.shortNames ?? []
  if (deepEqual(wanted, own)) return []
  const found = wanted.filter((name) => !own.includes(name)).map((name) => conflictOf(name, '', used))
  return [...new Set(found.filter((text) => text !== undefined))]
}

function setOrDelete(names: Record<string, unknown>, field: string, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) delete names[field]
  else names[field] = deepCopy(value)
}
