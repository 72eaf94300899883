import { deepEqual } from '../apimachinery/deep-copy.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import type { ResourceDefinition } from '../registry/resource.ts'

/** Gives an object in another version; throws where that has to be waited for. */
export type Convert = (object: unknown, apiVersion: string) => unknown

class ConversionNeeded extends Error {
  readonly object: KubeObject
  readonly apiVersion: string

  constructor(object: KubeObject, apiVersion: string) {
    super(`no ${apiVersion} yet`)
    this.object = object
    this.apiVersion = apiVersion
  }
}

/**
 * Runs a computation that looks at objects in other versions of their kind. Where a webhook converts, the computation ends at the first
 * conversion that is not there, and begins anew once the webhook has answered: it must change nothing. Returns a promise only then.
 * @throws StatusError what the webhook fails with
 */
export function withConversions<T>({ codec }: ResourceDefinition, compute: (convert: Convert | undefined) => T): T | Promise<T> {
  return codec.convertVersion === undefined ? compute(undefined) : computeAndAsk(codec.convertVersion, compute)
}

type Ask = (object: KubeObject, apiVersion: string) => Promise<KubeObject>

interface Asked {
  object: KubeObject
  apiVersion: string
  answer: { to: KubeObject } | { error: unknown }
}

async function computeAndAsk<T>(ask: Ask, compute: (convert: Convert) => T): Promise<T> {
  const answers: Asked[] = []
  const convert = (object: unknown, apiVersion: string): unknown => {
    const from = object as KubeObject
    if (from.apiVersion === apiVersion || isEmpty(from)) return { ...from, apiVersion }
    const found = answers.find((asked) => asked.apiVersion === apiVersion && deepEqual(asked.object, from))
    if (found === undefined) throw new ConversionNeeded(from, apiVersion)
    if ('error' in found.answer) throw found.answer.error
    return found.answer.to
  }
  for (;;) {
    try {
      return compute(convert)
    } catch (error) {
      if (!(error instanceof ConversionNeeded)) throw error
      const { object, apiVersion } = error
      const answer = await ask(object, apiVersion).then(
        (to) => ({ to }),
        (failure: unknown) => ({ error: failure }),
      )
      answers.push({ object, apiVersion, answer })
    }
  }
}

/** Webhooks are not asked for objects that say nothing but what they are. */
const isEmpty = (object: KubeObject) =>
  Object.entries(object).every(
    ([key, value]) => key === 'apiVersion' || key === 'kind' || (key === 'metadata' && Object.keys(value).length === 0),
  )
