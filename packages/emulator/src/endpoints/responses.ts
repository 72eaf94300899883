import { newConflict, newPlainError, newTimeout, StatusError } from '../apimachinery/status-error.ts'
import { formatYaml } from '../apimachinery/yaml.ts'
import { StorageConflict, StorageFailure, StorageTimeout } from '../storage/storage.ts'
import type { ApiRequest, ApiResponse } from './http.ts'
import { jsonType, negotiateOutput, type OutputFormat, wantsPretty, yamlType } from './negotiation/output.ts'

/** Writes a value in the negotiated form. */
export function respond(status: number, value: unknown, format: OutputFormat): ApiResponse {
  if (format.media === 'yaml') return { status, headers: { 'content-type': yamlType }, body: formatYaml(value) }
  // Like Go's encoder: a newline ends compact JSON, none ends indented JSON.
  const body = format.pretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`
  return { status, headers: { 'content-type': jsonType }, body: escapeHtml(body) }
}

/** Go escapes what HTML could trip over, also in JSON. */
export function escapeHtml(json: string): string {
  return /[<>&\u2028\u2029]/.test(json) ? json.replace(/[<>&\u2028\u2029]/g, escapeCharacter) : json
}

const escapeCharacter = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** An answer that is no API object. */
export function respondText(status: number, text: string): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body: text }
}

export const pageNotFound = () => respondText(404, '404 page not found\n')

/** The one place where an error becomes a response. Anything but a StatusError and a full disk is our bug. */
export function respondError(given: unknown, request: ApiRequest, onBug: (error: unknown) => void): ApiResponse {
  const error = ofStorage(given)
  if (!(error instanceof StatusError)) onBug(error)
  const { status } =
    error instanceof StatusError
      ? error
      : new StatusError({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${String(error)}` })
  const response = respond(status.code ?? 500, status, errorFormat(request))
  const retry = status.details?.retryAfterSeconds
  if (retry !== undefined) response.headers['retry-after'] = String(retry)
  return response
}

/** As etcd's own errors reach a client. */
function ofStorage(error: unknown): unknown {
  if (error instanceof StorageTimeout) return newTimeout('request did not complete within requested timeout - context deadline exceeded')
  if (error instanceof StorageFailure) return newPlainError(error.message)
  if (error instanceof StorageConflict)
    return newConflict(
      { group: '', resource: 'objects' },
      error.found?.object.metadata.name ?? '',
      'the object has been modified; please try again',
    )
  return error
}

/** Errors are written as YAML to who asked for YAML, and else as JSON, whatever was accepted. */
function errorFormat(request: ApiRequest): OutputFormat {
  try {
    const { media } = negotiateOutput(request)
    return { media, pretty: wantsPretty(request) }
  } catch {
    // Who accepts nothing that we write gets it in a form for people.
    return { media: 'json', pretty: true }
  }
}
