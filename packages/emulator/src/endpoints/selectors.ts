import type { KubeObject } from '../apimachinery/object.ts'
import { quote } from '../apimachinery/quote.ts'
import { type FieldSelector, parseFieldSelector } from '../apimachinery/selectors/field-selector.ts'
import { type LabelSelector, parseLabelSelector } from '../apimachinery/selectors/label-selector.ts'
import { newBadRequest } from '../apimachinery/status-error.ts'
import type { SelectorRequirement } from '../authorization/attributes.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { RequestInfo } from './request-info.ts'

/** A label or a field has one of these values. */
export interface Equality {
  /** What the values are of: the same for the same label or field. */
  readonly name: string
  readonly values: readonly string[]
  /** Of an object as it is stored. */
  read(object: KubeObject): string | undefined
}

/** Which objects of a collection a request is for. */
export interface ObjectSelector {
  /** Selects everything. */
  readonly empty: boolean
  /** The one name that can match, where the selector says so. */
  readonly name: string | undefined
  /** What must hold, among other things, of objects that match. */
  readonly equalities: readonly Equality[]
  matches(object: KubeObject): boolean
}

/**
 * Compiles the selectors of a list or watch.
 * @throws StatusError 400 for what cannot be parsed, or for a field that the kind does not select by
 */
export function compileSelector(definition: ResourceDefinition, labelSelector: string, fieldSelector: string): ObjectSelector {
  const labels = labelSelector === '' ? undefined : parse(parseLabelSelector, labelSelector)
  const fields = fieldSelector === '' ? undefined : parse(parseFieldSelector, fieldSelector)
  if (fields !== undefined) checkFields(definition, fields)
  const byLabels = labels === undefined || labels.empty ? undefined : labels
  const byFields = fields === undefined || fields.empty ? undefined : fields
  return {
    empty: byLabels === undefined && byFields === undefined,
    name: byFields?.requirements.find(({ key, operator }) => key === 'metadata.name' && operator !== '!=')?.value,
    equalities: [
      ...(byLabels === undefined ? [] : labelEqualities(byLabels)),
      ...(byFields === undefined ? [] : fieldEqualities(definition, byFields)),
    ],
    matches(object) {
      if (byLabels !== undefined && !byLabels.matches(object.metadata.labels ?? {})) return false
      return byFields === undefined || byFields.matches(fieldsOf(definition, object))
    },
  }
}

/** @throws StatusError 400 for selectors that cannot be parsed, whatever they are for */
export function checkSelectors(labelSelector: string, fieldSelector: string): void {
  parse(parseLabelSelector, labelSelector)
  parse(parseFieldSelector, fieldSelector)
}

/** A selector of the name alone, as the path of a watch on one object gives it. */
export const nameSelector = (name: string): ObjectSelector => ({
  empty: false,
  name,
  equalities: [],
  matches: ({ metadata }) => metadata.name === name,
})

export const everything: ObjectSelector = { empty: true, name: undefined, equalities: [], matches: () => true }

const labelEqualities = ({ requirements }: LabelSelector): Equality[] =>
  requirements
    .filter(({ operator }) => operator === 'In')
    .map(({ key, values }) => ({
      name: `label ${key}`,
      values,
      read: ({ metadata: { labels } }) => (labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined),
    }))

/** Of fields that every version has in the same place. */
const fieldEqualities = (definition: ResourceDefinition, { requirements }: FieldSelector): Equality[] =>
  definition.codec.fromStorage === undefined
    ? requirements
        .filter(({ operator }) => operator !== '!=')
        .map(({ key, value }) => ({ name: `field ${key}`, values: [value], read: (object) => fieldsOf(definition, object)[key] ?? '' }))
    : []

function fieldsOf({ strategy }: ResourceDefinition, object: KubeObject): Record<string, string> {
  const { name = '', namespace = '' } = object.metadata
  return { 'metadata.name': name, 'metadata.namespace': namespace, ...strategy.selectableFields?.(object) }
}

function parse<T>(parser: (text: string) => T, text: string): T {
  try {
    return parser(text)
  } catch (error) {
    throw newBadRequest((error as Error).message)
  }
}

function checkFields({ strategy, custom, namespaced }: ResourceDefinition, { requirements }: FieldSelector): void {
  for (const { key } of requirements) {
    if (key === 'metadata.name') continue
    // Kinds at cluster scope with fields of their own know no namespace; all others do, whatever their scope.
    if (key === 'metadata.namespace' && (namespaced || (!custom && strategy.selectableFieldNames === undefined))) continue
    if (strategy.selectableFieldNames?.includes(key)) continue
    throw newBadRequest(
      strategy.selectableFieldNames !== undefined || custom
        ? (strategy.unknownFieldText?.(key) ?? `field label not supported: ${key}`)
        : `${quote(key)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    )
  }
}

/** The selectors of a request as authorizers may see them: left out where they cannot be parsed (KEP-4601). */
export function selectorRequirements(info: RequestInfo): { fieldSelector?: SelectorRequirement[]; labelSelector?: SelectorRequirement[] } {
  const found: { fieldSelector?: SelectorRequirement[]; labelSelector?: SelectorRequirement[] } = {}
  if (info.labelSelector !== '') {
    const labels = attempt(() => parseLabelSelector(info.labelSelector))
    if (labels !== undefined)
      found.labelSelector = labels.requirements.map(({ key, operator, values }) => ({ key, operator, values: [...values] }))
  }
  if (info.fieldSelector !== '') {
    const fields = attempt(() => parseFieldSelector(info.fieldSelector))
    if (fields !== undefined) {
      found.fieldSelector = fields.requirements.map(({ key, operator, value }) => ({
        key,
        operator: operator === '!=' ? 'NotIn' : 'In',
        values: [value],
      }))
    }
  }
  return found
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
