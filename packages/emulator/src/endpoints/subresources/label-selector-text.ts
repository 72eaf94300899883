import { compareBytes, isObject } from '../../apimachinery/patch/json-object.ts'

interface Requirement {
  key: string
  text: string
}

/** A selector as the text of a query: a LabelSelector, or a plain map of labels (Go: labels.Selector's String). */
export function formatLabelSelector(selector: unknown): string {
  if (!isObject(selector)) return ''
  const { matchLabels, matchExpressions } = selector
  const isPlain = Object.values(selector).every((value) => typeof value === 'string')
  const labels = isPlain ? selector : isObject(matchLabels) ? matchLabels : {}
  const requirements: Requirement[] = Object.entries(labels).map(([key, value]) => ({ key, text: `${key}=${value}` }))
  if (!isPlain && Array.isArray(matchExpressions)) requirements.push(...matchExpressions.map(requirementOf))
  return requirements
    .sort((left, right) => compareBytes(left.key, right.key))
    .map(({ text }) => text)
    .join(',')
}

function requirementOf({ key, operator, values }: { key: string; operator: string; values?: string[] }): Requirement {
  const list = [...(values ?? [])].sort(compareBytes).join(',')
  if (operator === 'In') return { key, text: `${key} in (${list})` }
  if (operator === 'NotIn') return { key, text: `${key} notin (${list})` }
  return { key, text: operator === 'Exists' ? key : `!${key}` }
}
