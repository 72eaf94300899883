import { memoize } from '../../apimachinery/memoize.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { type LabelSelector, type LabelSelectorObject, labelSelectorFromObject } from '../../apimachinery/selectors/label-selector.ts'
import type { ClientConfig } from '../../registry/webhook-call.ts'
import type { MatchResources } from '../matching.ts'
import type { AdmissionSource } from '../plugin.ts'

export interface MatchCondition {
  name: string
  expression: string
}

/** A webhook of a configuration (admissionregistration/v1), with defaults filled in. */
export interface Webhook {
  name: string
  clientConfig: ClientConfig
  failurePolicy: 'Ignore' | 'Fail'
  sideEffects?: string
  timeoutSeconds?: number
  admissionReviewVersions: string[]
  matchConditions?: MatchCondition[]
  reinvocationPolicy?: 'Never' | 'IfNeeded'
}

/** A webhook ready to be asked. */
export interface Hook {
  /** Tells it from all others of its kind. */
  id: string
  webhook: Webhook
  match: MatchResources
}

export type ConfigurationKind = 'mutating' | 'validating'

/** The webhooks of all configurations, by the configurations' names. */
export function createHookSource({ lookupAll }: Pick<AdmissionSource, 'lookupAll'>, kind: ConfigurationKind): () => readonly Hook[] {
  const resource = { group: 'admissionregistration.k8s.io', resource: `${kind}webhookconfigurations` }
  // Stored objects do not change: what has been compiled of one stays true of it.
  const hooksOf = memoize(compile)
  return () => {
    const configurations = lookupAll(resource, '')
    if (configurations.length === 0) return none
    return configurations.flatMap(hooksOf)
  }
}

const none: readonly Hook[] = []

function compile({ metadata, webhooks = [] }: KubeObject): Hook[] {
  const uses = new Map<string, number>()
  return (webhooks as Array<Webhook & Record<string, unknown>>).map((webhook) => {
    const use = uses.get(webhook.name) ?? 0
    uses.set(webhook.name, use + 1)
    return {
      id: `${metadata.name}/${webhook.name}/${use}`,
      webhook,
      match: {
        rules: (webhook['rules'] ?? []) as MatchResources['rules'],
        excluded: [],
        equivalent: webhook['matchPolicy'] !== 'Exact',
        namespaces: selectorOf(webhook['namespaceSelector']),
        objects: selectorOf(webhook['objectSelector']),
      },
    }
  })
}

const selectorOf = (selector: unknown): LabelSelector => labelSelectorFromObject((selector ?? {}) as LabelSelectorObject)
