import { type FieldError, fieldPath, invalid, required, tooLong } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { JsonSyntaxError } from '../../apimachinery/scheme/json-tree.ts'
import { parseJson } from '../../apimachinery/scheme/parse-json.ts'
import { check, isConfigMapKey, validateImmutable } from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'
import { base64Length, decodeBase64, encodeBase64 } from './base64.ts'
import { maxDataBytes, validateImmutability } from './config-map.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'
import { keyPairWarnings } from './tls-key-pair.ts'

const dataPath = fieldPath('data')
type Data = Record<string, string>

/** stringData is write-only: its texts become data. */
function applyDefaults(secret: KubeObject): void {
  secret['type'] ||= 'Opaque'
  const texts: Data = secret['stringData'] ?? {}
  delete secret['stringData']
  const encoded = Object.entries(texts).map(([key, text]) => [key, encodeBase64(text)])
  if (encoded.length > 0) secret['data'] = { ...secret['data'], ...Object.fromEntries(encoded) }
}

const requireKey = (data: Data, key: string) => (data[key] === undefined ? [required(dataPath.key(key))] : [])

function requireJson(data: Data, key: string): FieldError[] {
  const text = data[key]
  if (text === undefined) return [required(dataPath.key(key))]
  const failure = jsonObjectError(decodeBase64(text))
  return failure === undefined ? [] : [invalid(dataPath.key(key), '<secret contents redacted>', failure)]
}

function jsonObjectError(text: string): string | undefined {
  try {
    const { value } = parseJson(text)
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return type === 'object' ? undefined : `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
}

/** What the built-in types of Secrets must hold. */
const typeRules: Record<string, (data: Data, secret: KubeObject) => FieldError[]> = {
  'kubernetes.io/service-account-token': (_, { metadata }) => {
    const key = 'kubernetes.io/service-account.name'
    return metadata.annotations?.[key] ? [] : [required(fieldPath('metadata').child('annotations').key(key))]
  },
  'kubernetes.io/dockercfg': (data) => requireJson(data, '.dockercfg'),
  'kubernetes.io/dockerconfigjson': (data) => requireJson(data, '.dockerconfigjson'),
  'kubernetes.io/basic-auth': (data) => {
    const errors = ['username', 'password'].flatMap((key) => requireKey(data, key))
    return errors.length === 2 ? errors : []
  },
  'kubernetes.io/ssh-auth': (data) => (data['ssh-privatekey'] ? [] : [required(dataPath.key('ssh-privatekey'))]),
  'kubernetes.io/tls': (data) => ['tls.crt', 'tls.key'].flatMap((key) => requireKey(data, key)),
}

function validateContent(secret: KubeObject): FieldError[] {
  const data: Data = secret['data'] ?? {}
  const errors = Object.keys(data).flatMap((key) => check(isConfigMapKey, key, dataPath.key(key)))
  const size = Object.values(data).reduce((total, value) => total + base64Length(value), 0)
  if (size > maxDataBytes) errors.push(tooLong(dataPath, maxDataBytes))
  return [...errors, ...(typeRules[secret['type']]?.(data, secret) ?? [])]
}

function warnings({ type, data = {} }: KubeObject): string[] {
  if (type !== 'kubernetes.io/tls') return []
  return keyPairWarnings(decodeBase64(data['tls.crt'] ?? ''), decodeBase64(data['tls.key'] ?? ''))
}

export const secretStrategy: Strategy = {
  applyDefaults,
  validate: (secret) => [...validateKubeFinalizers(secret.metadata), ...validateContent(secret)],
  validateUpdate: (secret, old) => [
    ...validateKubeFinalizers(secret.metadata),
    ...validateImmutable(secret['type'], old['type'], fieldPath('type')),
    ...validateImmutability(secret, old, ['data']),
    ...validateMetadataAgain(secret),
    ...validateContent(secret),
  ],
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  selectableFieldNames: ['type'],
}
