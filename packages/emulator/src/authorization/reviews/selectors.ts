import { parseFieldSelector } from '../../apimachinery/selectors/field-selector.ts'
import { parseLabelSelector } from '../../apimachinery/selectors/label-selector.ts'
import type { SelectorRequirement } from '../attributes.ts'

/** A selector in the attributes of a review: as text or as requirements. */
export interface SelectorAttributes {
  rawSelector?: string
  requirements?: SelectorRequirement[]
}

/** What could be understood of a selector. What could not is left out, which makes the question broader, never narrower. */
export interface ParsedSelector {
  requirements: SelectorRequirement[] | undefined
  failed: boolean
}

type Accept = (requirement: SelectorRequirement) => boolean
type Parse = (text: string) => SelectorRequirement[]

const nothing: ParsedSelector = { requirements: undefined, failed: false }

export const readLabelSelector = (selector: SelectorAttributes | null | undefined) => read(selector, parseLabels, acceptsLabels)
export const readFieldSelector = (selector: SelectorAttributes | null | undefined) => read(selector, parseFields, acceptsField)

function read(selector: SelectorAttributes | null | undefined, parse: Parse, accepts: Accept): ParsedSelector {
  const given = selector?.requirements ?? []
  if (given.length > 0) {
    const requirements = given.filter(accepts)
    return { requirements: requirements.length === 0 ? undefined : requirements, failed: requirements.length < given.length }
  }
  const text = selector?.rawSelector ?? ''
  if (text === '') return nothing
  try {
    return { requirements: parse(text), failed: false }
  } catch {
    return { requirements: undefined, failed: true }
  }
}

const parseLabels: Parse = (text) =>
  parseLabelSelector(text).requirements.map(({ key, operator, values }) => ({ key, operator, values: [...values] }))
const parseFields: Parse = (text) =>
  parseFieldSelector(text).requirements.map(({ key, operator, value }) => ({
    key,
    operator: operator === '!=' ? 'NotIn' : 'In',
    values: [value],
  }))

const acceptsLabels: Accept = ({ operator }) => ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
/** The server's own field selectors compare with one value; more than that is not understood yet. */
const acceptsField: Accept = ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') && values.length === 1
