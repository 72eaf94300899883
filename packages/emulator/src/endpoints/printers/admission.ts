import { compareBytes } from '../../apimachinery/patch/json-object.ts'
import { unset } from './cell-text.ts'
import { named, type RowPrinters } from './row-printer.ts'

const webhooks = named(({ webhooks: list }) => [(list ?? []).length])
const bindings = named(({ spec = {} }) => [spec.policyName ?? '', parameterReference(spec.paramRef)])

export const admissionPrinters: RowPrinters = {
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'validatingadmissionpolicies.admissionregistration.k8s.io': policies('validations'),
  'mutatingadmissionpolicies.admissionregistration.k8s.io': policies('mutations'),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': bindings,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': bindings,
}

function policies(rules: 'validations' | 'mutations') {
  return named(({ spec = {} }) => {
    const { paramKind } = spec
    return [(spec[rules] ?? []).length, paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : unset]
  })
}

interface ParameterReference {
  name?: string
  namespace?: string
  selector?: { matchLabels?: Record<string, string>; matchExpressions?: { key: string; operator: string; values?: string[] }[] }
}

function parameterReference(reference: ParameterReference | undefined): string {
  if (reference?.name) return `${reference.namespace || '*'}/${reference.name}`
  return reference?.selector === undefined ? unset : goText(reference.selector)
}

/** A LabelSelector as the String method of its generated Go type writes it. */
function goText({ matchLabels = {}, matchExpressions = [] }: NonNullable<ParameterReference['selector']>): string {
  const labels = Object.keys(matchLabels).sort(compareBytes)
  const map = labels.map((key) => `${key}: ${matchLabels[key]},`).join('')
  const expressions = matchExpressions
    .map(({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`)
    .join('')
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`
}
