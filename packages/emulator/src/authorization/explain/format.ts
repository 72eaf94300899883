import { denialText } from '../access-denied.ts'
import type { PolicyRule } from '../rbac/policy-rule.ts'
import { describeUser } from './candidates.ts'
import { type BindingReport, type DenialExplanation, unrelated } from './explain-denial.ts'

/** An explanation for the person at the terminal, without a final newline. */
export function formatExplanation(explanation: DenialExplanation): string {
  const { attributes, allowed, message, bindings, nearest, mistakes, fix } = explanation
  const { groups } = attributes.user
  const lines = [
    allowed
      ? `allowed: ${describeUser(attributes.user)} may ${attributes.verb} ${target(explanation)}`
      : `denied: ${denialText(attributes)}`,
    `  asked by ${describeUser(attributes.user)}, groups ${groups.length === 0 ? 'none' : groups.join(', ')}`,
  ]
  if (allowed) return [...lines, `  ${message === '' ? 'members of system:masters may do everything' : message}`].join('\n')
  lines.push('', bindings.length === 0 ? 'No binding is in force for this user here.' : 'Bindings in force for this user here:')
  lines.push(...formatBindings(bindings))
  if (nearest !== undefined) {
    lines.push('', `Nearest: rule ${nearest.number} of ${nearest.role}, through ${nearest.binding}`)
    lines.push(`  ${formatRule(nearest.rule)}`, `  lacks ${nearest.lacks.join(' and ')}`)
  }
  if (mistakes.length > 0) lines.push('', mistakes.length === 1 ? 'Likely mistake:' : 'Likely mistakes:')
  for (const { text } of mistakes) lines.push(`  - ${text}`)
  if (fix !== undefined) lines.push('', `To allow it, ${fix.text}:`, '', fix.yaml)
  return lines.join('\n')
}

/** Those that have nothing to do with the request, such as the server's own, in one line. */
function formatBindings(bindings: readonly BindingReport[]): string[] {
  const near = bindings.filter(({ finding }) => finding !== unrelated)
  const others = bindings.filter(({ finding }) => finding === unrelated).map(({ binding }) => binding)
  return [
    ...near.map(({ binding, role, through, finding }) => `  ${binding} of ${role} to ${through}: ${finding}`),
    ...(others.length === 0 ? [] : [`  ${others.join(', ')}: ${unrelated}`]),
  ]
}

function target({ attributes: { resourceRequest, path, resource, subresource, group, namespace, name } }: DenialExplanation): string {
  if (!resourceRequest) return path
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}${name === '' ? '' : ` ${name}`}`
  return `${what} ${namespace === '' ? 'at the cluster scope' : `in namespace ${namespace}`}`
}

/** A rule in one line, as YAML's flow style has it. */
function formatRule(rule: PolicyRule): string {
  const keys = ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'] as const
  const parts = keys.flatMap((key) =>
    (rule[key] ?? []).length === 0 ? [] : [`${key}: [${rule[key]!.map((word) => JSON.stringify(word)).join(', ')}]`],
  )
  return `{ ${parts.join(', ')} }`
}
