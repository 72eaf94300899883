import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { callWebhook, failureOf, type ServiceSource } from '../../webhook-call.ts'
import type { CustomResourceDefinition } from '../definition-object.ts'
import { isMap, type JsonMap } from '../schema/types.ts'
import { identityProblem, metadataProblem, withMetadataOf } from './metadata.ts'

const timeoutSeconds = 30
const supportedReviews = ['v1', 'v1beta1']

/**
 * Asks the webhook of a definition for an object in another version (apiextensions, apiserver/conversion/webhook_converter.go).
 * @throws Error with the text of the server
 */
export async function callConversionWebhook(
  { spec }: CustomResourceDefinition,
  object: KubeObject,
  apiVersion: string,
  services: ServiceSource,
): Promise<KubeObject> {
  const { clientConfig = {}, conversionReviewVersions = [] } = spec.conversion?.webhook ?? {}
  const version = conversionReviewVersions.find((each) => supportedReviews.includes(each))
  if (version === undefined) throw new Error('no supported conversion review versions')
  const about = `conversion webhook for ${kindText(object)}`
  const uid = randomUUID()
  const request = { uid, desiredAPIVersion: apiVersion, objects: [object] }
  const review = { kind: 'ConversionReview', apiVersion: `apiextensions.k8s.io/${version}`, request }
  let objects: unknown[]
  try {
    const answer = await callWebhook(withoutBlankBundle(clientConfig), review, timeoutSeconds, services)
    const failure = failureOf(answer)
    if (failure !== undefined) throw new Error(failure)
    objects = convertedObjects(parse(answer.text), version, uid)
  } catch (error) {
    throw new Error(`${about} failed: ${(error as Error).message}`)
  }
  if (objects.length !== 1) throw new Error(`${about} returned ${objects.length} objects, expected 1`)
  return checked(object, objects[0], apiVersion, about)
}

/** A bundle of nothing but spaces counts as none. */
function withoutBlankBundle<T extends { caBundle?: string }>({ caBundle = '', ...config }: T) {
  return Buffer.from(caBundle, 'base64').toString().trim() === '' ? config : { ...config, caBundle }
}

/** Looks over what the webhook made, and gives it the metadata that is no business of webhooks. */
function checked(object: KubeObject, answered: unknown, apiVersion: string, about: string): KubeObject {
  if (!isMap(answered)) throw new Error('json: cannot unmarshal into Go value of type map[string]interface {}')
  const converted = answered as Partial<KubeObject> & JsonMap
  const wrong = (what: string, expected: string, received = '') =>
    new Error(`${about} returned invalid object at index 0: invalid ${what} (expected ${expected}, received ${received})`)
  if (converted.apiVersion !== apiVersion) throw wrong('groupVersion', apiVersion, converted.apiVersion)
  if (converted.kind !== object.kind) throw wrong('kind', object.kind, converted.kind)
  const other = identityProblem(object, converted)
  if (other !== undefined) throw new Error(`${about} returned invalid object: ${other}`)
  const problem = metadataProblem(object, converted as KubeObject)
  if (problem !== undefined) throw new Error(`${about} returned invalid metadata: ${problem}`)
  return withMetadataOf(object, converted as KubeObject)
}

function parse(text: string): JsonMap {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const first = [...text.trim()][0]
    const why = first === undefined ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`
    throw new Error(`couldn't get version/kind; json parse error: ${why}`)
  }
  return isMap(value) ? value : {}
}

/** Of reviews in the old form, the server asks less. */
function convertedObjects(review: JsonMap, version: string, uid: string): unknown[] {
  const { response } = review
  const expected = `apiextensions.k8s.io/${version}, Kind=ConversionReview`
  const received = kindText(review)
  if (version === 'v1' && received !== expected) throw new Error(`expected webhook response of ${expected}, got ${received}`)
  if (!isMap(response)) throw new Error('no response provided')
  const answered = String(response['uid'] ?? '')
  if (version === 'v1' && answered !== uid) throw new Error(`expected response.uid=${quote(uid)}, got ${quote(answered)}`)
  const { status = '', message = '' } = (response['result'] ?? {}) as { status?: string; message?: string }
  if (status !== 'Success') throw new Error(message === '' ? `response.result.status was '${status}', not 'Success'` : message)
  return (response['convertedObjects'] ?? []) as unknown[]
}

function kindText({ apiVersion = '', kind = '' }: Partial<KubeObject>): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`
}
