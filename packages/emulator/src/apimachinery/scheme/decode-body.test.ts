import { describe, expect, it } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import type { StatusError } from '../status-error.ts'
import { createBodyDecoder, type FieldValidation, readJsonBody } from './decode-body.ts'
import { createScheme } from './scheme.ts'

const facts = loadFacts()
const { decodeBody } = createBodyDecoder(facts, createScheme(facts), { 'application/json': readJsonBody })

const configMap = { group: '', version: 'v1', kind: 'ConfigMap' }
const pod = { group: '', version: 'v1', kind: 'Pod' }

function decode(text: string, expected = configMap, fieldValidation: FieldValidation = 'Warn') {
  return decodeBody(Buffer.from(text), 'application/json', expected, { fieldValidation })
}

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    expect((error as StatusError).status).toMatchObject({ code: 400, reason: 'BadRequest' })
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

const json = (apiVersion: string, kind: string, rest: object) => JSON.stringify({ apiVersion, kind, ...rest })

describe('errors, as the server words them', () => {
  it.each([
    [
      '',
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
    ],
    [
      'hello',
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)",
    ],
    [
      '[]',
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)',
    ],
    [
      '{"metadata": {"name": "x"',
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"metadata": {"name": "x")',
    ],
    [
      json('v1', 'Secret', { metadata: { name: 'x' } }),
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      json('v1', 'ConfigMap', { data: { a: 1 } }),
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      json('v1', 'ConfigMap', { metadata: { labels: { a: 1 } } }),
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      json('v1', 'ConfigMap', { metadata: { name: true } }),
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      json('v1', 'TokenRequest', {}),
      'TokenRequest in version "v1" cannot be handled as a ConfigMap: no kind "TokenRequest" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
  ])('%s', (text, message) => {
    expect(messageOf(() => decode(text))).toBe(message)
  })

  it.each([
    [{ containers: 'web' }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container'],
    [
      { containers: [{ ports: [{ containerPort: '80' }] }] },
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      { containers: [{ resources: { limits: { cpu: 'lots' } } }] },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('of pods: %j', (spec, why) => {
    expect(messageOf(() => decode(json('v1', 'Pod', { spec }), pod))).toBe(`Pod in version "v1" cannot be handled as a Pod: ${why}`)
  })

  it('names the version of a body that is not served', () => {
    const expected = { group: 'apps', version: 'v1', kind: 'Deployment' }
    expect(messageOf(() => decode(json('apps/v1beta1', 'Deployment', {}), expected))).toBe(
      'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
    )
  })

  it.each([
    ['Secret', '', { data: { a: 'not base64!' } }, 'illegal base64 data at input byte 3'],
    [
      'Lease',
      'coordination.k8s.io',
      { spec: { renewTime: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      'TokenRequest',
      'authentication.k8s.io',
      { spec: { expirationSeconds: 'x' } },
      'json: cannot unmarshal string into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64',
    ],
    [
      'Role',
      'rbac.authorization.k8s.io',
      { rules: [{ apiGroups: '' }] },
      'json: cannot unmarshal string into Go struct field PolicyRule.rules.apiGroups of type []string',
    ],
  ])('of %s', (kind, group, rest, why) => {
    const message = messageOf(() => decode(json(group === '' ? 'v1' : `${group}/v1`, kind, rest), { group, version: 'v1', kind }))
    expect(message).toBe(`${kind} in version "v1" cannot be handled as a ${kind}: ${why}`)
  })
})

describe('field validation', () => {
  const two = json('v1', 'Pod', { metadata: { name: 'x' }, spec: { containers: [{ name: 'a', imagee: 'b' }], bogus: 1 } })

  it('warns in the order of the text, and drops what is unknown', () => {
    const { object, warnings } = decode(two, pod)
    expect(warnings).toEqual(['unknown field "spec.containers[0].imagee"', 'unknown field "spec.bogus"'])
    expect(object['spec']).toEqual({ containers: [{ name: 'a', resources: {} }] })
  })

  it('refuses when strict, and keeps quiet when told to ignore', () => {
    expect(messageOf(() => decode(two, pod, 'Strict'))).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagee", unknown field "spec.bogus"',
    )
    expect(decode(two, pod, 'Ignore').warnings).toEqual([])
  })

  it('finds duplicates, and decodes the later over the earlier', () => {
    const { object, warnings } = decode('{"metadata":{"name":"x"},"data":{"a":"1","a":"2"},"data":{"b":"3"}}')
    expect(warnings).toEqual(['duplicate field "data.a"', 'duplicate field "data"'])
    expect(object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'x' }, data: { a: '2', b: '3' } })
  })

  it('takes names of fields by their exact case', () => {
    expect(decode('{"Data":{"a":"b"}}')).toEqual({
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: {} },
      warnings: ['unknown field "Data"'],
    })
  })
})
