import { expect, test } from 'vitest'
import { newNotFound, StatusError } from '../apimachinery/status-error.ts'
import type { ApiRequest } from './http.ts'
import { escapeHtml, respond, respondError, respondText } from './responses.ts'

const request = (headers: Record<string, string> = {}) => ({ method: 'GET', url: '/', headers }) as unknown as ApiRequest
const nobody = () => {
  throw new Error('no bug')
}

test('compact JSON ends with a newline, indented JSON does not', () => {
  expect(respond(200, { a: 1 }, { media: 'json', pretty: false }).body).toBe('{"a":1}\n')
  expect(respond(200, { a: 1 }, { media: 'json', pretty: true }).body).toBe('{\n  "a": 1\n}')
  expect(respond(200, { a: 1 }, { media: 'yaml', pretty: false })).toMatchObject({
    body: 'a: 1\n',
    headers: { 'content-type': 'application/yaml' },
  })
})

test('JSON holds nothing that HTML could trip over', () => {
  expect(escapeHtml('"<a> & \u2028é"')).toBe('"\\u003ca\\u003e \\u0026 \\u2028é"')
})

test('texts are not sniffed', () => {
  expect(respondText(404, 'no').headers).toEqual({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
})

test('errors are Statuses, as YAML for who asked for it', () => {
  const error = newNotFound({ group: '', resource: 'pods' }, 'x')
  const response = respondError(error, request(), nobody)
  expect(response.status).toBe(404)
  expect(JSON.parse(String(response.body))).toMatchObject({ kind: 'Status', reason: 'NotFound', message: 'pods "x" not found', code: 404 })
  expect(respondError(error, request({ accept: 'application/yaml' }), nobody).body).toContain('message: pods "x" not found\n')
  // Who accepts nothing that is written gets it in a form for people.
  expect(respondError(error, request({ accept: 'text/html' }), nobody).body).toContain('{\n  "kind": "Status"')
})

test('how long to wait is a header, too', () => {
  const error = new StatusError({ code: 429, reason: 'TooManyRequests', message: 'wait', details: { retryAfterSeconds: 7 } })
  expect(respondError(error, request(), nobody).headers['retry-after']).toBe('7')
})

test('any other error is a bug, and is told of', () => {
  const bugs: unknown[] = []
  const bug = new Error('oops')
  const response = respondError(bug, request(), (error) => bugs.push(error))
  expect(bugs).toEqual([bug])
  expect(JSON.parse(String(response.body))).toMatchObject({ code: 500, reason: 'InternalError' })
})
