import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../../apimachinery/field-error.ts'
import { isDNS1035Label, validateRequiredOneOf } from '../../../apimachinery/validation/index.ts'
import type { DefinitionSpec } from '../../custom/definition-object.ts'
import { validateWebhookService, validateWebhookURL } from '../../webhook-client.ts'
import { caBundleProblem } from './ca-bundle.ts'

const reviewVersions = ['v1', 'v1beta1']

export interface ConversionOptions {
  /** A bundle that cannot be used is taken: it was there already, or nothing is converted yet. */
  allowInvalidCaBundle: boolean
  requireRecognizedReviewVersion: boolean
}

export function validateConversion(conversion: DefinitionSpec['conversion'], path: FieldPath, options: ConversionOptions): FieldError[] {
  if (conversion === undefined) return []
  const { strategy, webhook } = conversion
  const errors = validateRequiredOneOf(strategy, ['None', 'Webhook'], path.child('strategy'))
  const clientPath = path.child('webhookClientConfig')
  const versionsPath = path.child('conversionReviewVersions')
  const versions = webhook?.conversionReviewVersions ?? []
  if (strategy !== 'Webhook') {
    const text = 'should not be set when strategy is not set to Webhook'
    if (webhook?.clientConfig != null) errors.push(forbidden(clientPath, text))
    if (versions.length > 0) errors.push(forbidden(versionsPath, text))
    return errors
  }
  if (webhook?.clientConfig == null) errors.push(required(clientPath, 'required when strategy is set to Webhook'))
  else errors.push(...validateClient(webhook.clientConfig, clientPath, options))
  return [...errors, ...validateReviewVersions(versions, versionsPath, options)]
}

type ClientConfig = NonNullable<NonNullable<DefinitionSpec['conversion']>['webhook']>['clientConfig'] & object

function validateClient(
  { url, service, caBundle = '' }: ClientConfig,
  path: FieldPath,
  { allowInvalidCaBundle }: ConversionOptions,
): FieldError[] {
  const errors: FieldError[] = []
  if ((url == null) === (service == null)) errors.push(required(path, 'exactly one of url or service is required'))
  else if (url != null) errors.push(...validateWebhookURL(url, path.child('url')))
  else errors.push(...validateWebhookService(service!, path.child('service')))
  const problem = caBundle === '' || allowInvalidCaBundle ? undefined : caBundleProblem(caBundle)
  return problem === undefined ? errors : [...errors, invalid(path.child('caBundle'), caBundle, problem)]
}

function validateReviewVersions(versions: readonly string[], path: FieldPath, options: ConversionOptions): FieldError[] {
  if (versions.length === 0) return [required(path)]
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i
      ? [invalid(path.index(i), version, 'duplicate version')]
      : isDNS1035Label(version).map((text) => invalid(path.index(i), version, text)),
  )
  const recognized = versions.some((version) => reviewVersions.includes(version))
  if (recognized || !options.requireRecognizedReviewVersion) return errors
  return [...errors, invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)]
}
