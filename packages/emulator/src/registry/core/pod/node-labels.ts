import type { FieldPath } from '../../../apimachinery/field-error.ts'
import { type Fields, isLabelValue } from '../../../apimachinery/validation/index.ts'

const deprecated: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** What is wrong with relying on a label of Nodes; undefined for most labels. */
export const nodeLabelDeprecation = (key: string): string | undefined => (Object.hasOwn(deprecated, key) ? deprecated[key] : undefined)

export function nodeSelectorTermWarnings(term: Fields, path: FieldPath, checkValues: boolean): string[] {
  return (term['matchExpressions'] ?? []).flatMap(({ key = '', values = [] }: Fields, i: number) => {
    const at = path.child('matchExpressions').index(i)
    const text = nodeLabelDeprecation(key)
    const invalid = checkValues
      ? values.flatMap((value: string, j: number) =>
          isLabelValue(value).map((reason) => `${at.child('values').index(j)}: ${value} is invalid, ${reason}`),
        )
      : []
    return [...(text === undefined ? [] : [`${at.child('key')}: ${key} is ${text}`]), ...invalid]
  })
}
