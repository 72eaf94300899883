/** Reviews that webhooks answer, read as the server's REST client reads them. */
import { quote } from '../apimachinery/quote.ts'
import { kindOf, parseForKind } from '../apimachinery/scheme/decode-body.ts'
import type { Answer } from './webhook-call.ts'

interface ReviewKind {
  group: string
  version: string
  kind: string
}

/**
 * The review of an answer; one that does not say what it is counts as what was asked for.
 * @throws Error in the server's words
 */
export function readReview({ text, contentType }: Answer, { group, version, kind }: ReviewKind): Record<string, unknown> {
  if (text === '') throw new Error(`0-length response with status code: 200 and content type: ${contentType || 'application/json'}`)
  // What does not start as JSON is read as YAML, where a word is a string.
  const parsed = parseForKind(/^\s*[[{"\d-]/.test(text) ? text : JSON.stringify(text))
  const found = kindOf(parsed)
  const { apiVersion = '' } = (parsed.value ?? {}) as { apiVersion?: string }
  const isOther = (apiVersion !== '' && apiVersion !== `${group}/${version}`) || (found.kind !== '' && found.kind !== kind)
  if (!isOther) return (parsed.value ?? {}) as Record<string, unknown>
  if (found.group === group && found.kind === kind && (found.version === 'v1' || found.version === 'v1beta1')) {
    throw new Error(`converting (${found.version}.${kind}) to (${version}.${kind}): unknown conversion`)
  }
  throw new Error(`no kind ${quote(found.kind)} is registered for version ${quote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`)
}
