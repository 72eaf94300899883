import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { jsonTypeName } from '../../../apimachinery/patch/json-text.ts'
import { quote } from '../../../apimachinery/quote.ts'
import { callWebhook, failureOf, type ServiceSource } from '../../webhook-call.ts'
import { readReview } from '../../webhook-review.ts'
import type { CustomResourceDefinition } from '../definition-object.ts'
import { isMap, type JsonMap } from '../schema/types.ts'
import { identityProblem, metadataProblem, withMetadataOf } from './metadata.ts'

const timeoutSeconds = 30
const reviewGroup = 'apiextensions.k8s.io'
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
  const review = { kind: 'ConversionReview', apiVersion: `${reviewGroup}/${version}`, request }
  let objects: unknown[]
  try {
    const answer = await callWebhook(withoutBlankBundle(clientConfig), review, timeoutSeconds, services)
    const failure = failureOf(answer, { readsStatus: false })
    if (failure !== undefined) throw new Error(failure)
    objects = convertedObjects(readReview(answer, { group: reviewGroup, version, kind: 'ConversionReview' }), version, uid)
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
  if (!isMap(answered)) throw new Error(notAnObject(answered))
  if (!answered['kind']) throw new Error(`Object 'Kind' is missing in '${JSON.stringify(answered)}'`)
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

function notAnObject(value: unknown): string {
  if (value === null || value === undefined) return 'unexpected end of JSON input'
  return `json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`
}

/** Of reviews in the old form, the server asks less. */
function convertedObjects(review: JsonMap, version: string, uid: string): unknown[] {
  const { response } = review
  const expected = `${reviewGroup}/${version}, Kind=ConversionReview`
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
