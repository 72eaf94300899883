import { deepCopy, deepEqual } from '../../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { newPlainError } from '../../../apimachinery/status-error.ts'
import type { ServiceSource } from '../../webhook-call.ts'
import type { CustomResourceDefinition } from '../definition-object.ts'
import { withMetadataOf } from './metadata.ts'

/**
 * Conversion of a custom resource between its versions by a webhook. Webhooks answer in their own time, but watches are told of a write
 * while it is made: what a write will be in the versions that are read is therefore asked beforehand, and remembered.
 */
export interface WebhookConversion {
  /** The versions that somebody reads. */
  readonly wanted: Set<string>
  /** What the webhook has made of the same content before. */
  known(object: KubeObject, apiVersion: string): KubeObject | undefined
  /** @throws StatusError if the webhook fails */
  ask(object: KubeObject, apiVersion: string): Promise<KubeObject>
  /** Asks, and remembers the answer. */
  convert(object: KubeObject, apiVersion: string): Promise<KubeObject>
  /** Asks for an object that is about to be stored in all versions that are read. Only for `answered`, failure matters. */
  foresee(object: KubeObject, answered: string): Promise<void>
}

/** Conversions that outlast changes of their definitions which do not concern them. */
export function keepConversions(services: ServiceSource): (crd: CustomResourceDefinition) => WebhookConversion | undefined {
  const kept = new Map<string, { uid: string; spec: unknown; conversion: WebhookConversion }>()
  return (crd) => {
    const { name = '', uid = '' } = crd.metadata
    const { conversion: spec } = crd.spec
    if (spec?.strategy !== 'Webhook') {
      kept.delete(name)
      return undefined
    }
    let found = kept.get(name)
    if (found?.uid !== uid || !deepEqual(found.spec, spec)) {
      found = { uid, spec, conversion: createConversion(crd, services) }
      kept.set(name, found)
    }
    return found.conversion
  }
}

const remembered = 5000

function createConversion(crd: CustomResourceDefinition, services: ServiceSource): WebhookConversion {
  const results = new Map<string, { from: KubeObject; to: KubeObject }>()
  const wanted = new Set<string>()

  const remember = (key: string, from: KubeObject, to: KubeObject) => {
    results.delete(key)
    results.set(key, { from, to })
    if (results.size > remembered) results.delete(results.keys().next().value!)
  }

  const ask = async (object: KubeObject, apiVersion: string): Promise<KubeObject> => {
    const { callConversionWebhook } = await import('./webhook.ts')
    return callConversionWebhook(crd, object, apiVersion, services).catch((error: Error) => {
      throw newPlainError(error.message)
    })
  }

  const convert = async (object: KubeObject, apiVersion: string): Promise<KubeObject> => {
    const converted = await ask(object, apiVersion)
    remember(`${object.metadata.uid} ${apiVersion}`, deepCopy(object), deepCopy(converted))
    return converted
  }

  return {
    wanted,
    known(object, apiVersion) {
      const result = results.get(`${object.metadata.uid} ${apiVersion}`)
      if (result === undefined || !sameContent(object, result.from)) return undefined
      return withMetadataOf(object, deepCopy(result.to))
    },
    ask,
    convert,
    async foresee(object, answered) {
      const others = new Set([...wanted, answered])
      others.delete(object.apiVersion)
      const ask = (apiVersion: string) =>
        convert(object, apiVersion).catch((error) => {
          if (apiVersion === answered) throw error
        })
      await Promise.all([...others].map(ask))
    },
  }
}

/** Of metadata, webhooks may look at all, but change labels and annotations only. */
function sameContent({ metadata: a, ...object }: KubeObject, { metadata: b, ...other }: KubeObject): boolean {
  return deepEqual(object, other) && deepEqual([a.labels, a.annotations], [b.labels, b.annotations])
}
