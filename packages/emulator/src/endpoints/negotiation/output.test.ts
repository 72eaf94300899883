import { expect, test } from 'vitest'
import { StatusError } from '../../apimachinery/status-error.ts'
import type { ApiRequest } from '../http.ts'
import { checkRepresentations, negotiateOutput, wantsPretty } from './output.ts'

const request = (headers: Record<string, string>, url = '/api/v1/pods') => ({ method: 'GET', url, headers }) as unknown as ApiRequest
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

test.each([
  ['', { media: 'json' }],
  ['*/*', { media: 'json' }],
  ['application/yaml', { media: 'yaml' }],
  ['application/yaml, application/json', { media: 'yaml' }],
  ['text/html, */*;q=0.1', { media: 'json' }],
  [table, { media: 'json', as: 'Table', version: 'v1' }],
  ['application/json;as=Table;v=v2;g=meta.k8s.io, application/json', { media: 'json' }],
  ['application/yaml;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', { media: 'yaml', as: 'PartialObjectMetadata', version: 'v1' }],
])('%j is answered with %j', (accept, expected) => {
  expect(negotiateOutput(request({ accept }), { transforms: true })).toEqual({ pretty: false, ...expected })
})

test.each(['text/html', 'application/json;as=Table;v=v2;g=meta.k8s.io', 'application/json;as=Nothing;v=v1;g=meta.k8s.io'])(
  '%s is not acceptable',
  (accept) => {
    expect(() => negotiateOutput(request({ accept }), { transforms: true })).toThrow(StatusError)
  },
)

test('who knows no other forms of objects refuses them', () => {
  expect(() => negotiateOutput(request({ accept: table }))).toThrow(StatusError)
})

test('the router looks at media types alone', () => {
  expect(() => checkRepresentations(request({ accept: 'application/json;as=Nothing' }))).not.toThrow()
  expect(() => checkRepresentations(request({ accept: 'text/html, image/png' }))).toThrow(StatusError)
  expect(() => checkRepresentations(request({ accept: 'text/html, */*' }))).not.toThrow()
})

test.each([
  ['curl/8.5.0', '', true],
  ['Mozilla/5.0 (X11)', '', true],
  ['kubectl/v1.36', '', false],
  ['curl/8.5.0', '?pretty=false', false],
  ['kubectl/v1.36', '?pretty=true', true],
  ['kubectl/v1.36', '?pretty=1', true],
  ['curl/8.5.0', '?pretty=', true],
])('%s%s gets it indented: %s', (agent, query, pretty) => {
  expect(wantsPretty(request({ 'user-agent': agent }, `/api/v1/pods${query}`))).toBe(pretty)
})
