/** How webhooks are reached: by URL or Service (apiserver, util/webhook/validation.go). */
import { type FieldError, type FieldPath, invalid, required } from '../apimachinery/field-error.ts'
import { quote } from '../apimachinery/quote.ts'
import { type Fields, isDNS1123Subdomain, isValidPortNum } from '../apimachinery/validation/index.ts'

/** Exactly one of a URL and a Service. */
export function validateWebhookClient({ url, service }: Fields, path: FieldPath, { swapped = false } = {}): FieldError[] {
  if ((url == null) === (service == null)) return [required(path, 'exactly one of url or service is required')]
  // The server gives name and namespace to this check in the wrong order.
  const given = swapped && service != null ? { ...service, name: service.namespace, namespace: service.name } : service
  return url == null ? validateWebhookService(given, path.child('service')) : validateWebhookURL(url, path.child('url'))
}

const form = '; desired format: https://host[/path]'

interface ParsedURL {
  scheme: string
  user?: string
  host: string
  query: string
  fragment: string
}

/** Splits a URL as Go does, which takes much that a browser would not; or says why it cannot. */
function parseURL(text: string): ParsedURL | { error: string } {
  const fail = (why: string) => ({ error: `parse ${quote(text)}: ${why}` })
  if (/[\x00-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL')
  const [beforeFragment = '', fragment = ''] = splitOnce(text, '#')
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(beforeFragment.split('?')[0]!)
  if (badEscape !== null) return fail(`invalid URL escape ${quote(badEscape[0])}`)
  if (beforeFragment.startsWith(':')) return fail('missing protocol scheme')
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(beforeFragment)?.[1] ?? ''
  const rest = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1)
  const [hierarchy = '', query = ''] = splitOnce(rest, '?')
  if (scheme === '' && /^[^/]*:/.test(hierarchy)) return fail('first path segment in URL cannot contain colon')
  if (!hierarchy.startsWith('//')) return { scheme: scheme.toLowerCase(), host: '', query, fragment }
  const authority = hierarchy.slice(2).split('/')[0]!
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const badCharacter = /[ "<>\\^`{|}]/.exec(host)
  if (badCharacter !== null) return fail(`invalid character ${quote(badCharacter[0])} in host name`)
  const port = /:([^\]]*)$/.exec(host)?.[1]
  if (port !== undefined && !/^\d*$/.test(port)) return fail(`invalid port ${quote(`:${port}`)} after host`)
  return { scheme: scheme.toLowerCase(), ...(at < 0 ? {} : { user: authority.slice(0, at) }), host, query, fragment }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

export function validateWebhookURL(url: string, path: FieldPath): FieldError[] {
  const parsed = parseURL(url)
  if ('error' in parsed) return [required(path, `url must be a valid URL: ${parsed.error}${form}`)]
  const { scheme, user, host, query, fragment } = parsed
  return [
    ...(scheme === 'https' ? [] : [invalid(path, scheme, `'https' is the only allowed URL scheme${form}`)]),
    ...(host === '' ? [invalid(path, host, `host must be specified${form}`)] : []),
    ...(user === undefined ? [] : [invalid(path, user, 'user information is not permitted in the URL')]),
    ...(fragment === '' ? [] : [invalid(path, fragment, 'fragments are not permitted in the URL')]),
    ...(query === '' ? [] : [invalid(path, query, 'query parameters are not permitted in the URL')]),
  ]
}

export function validateWebhookService({ name = '', namespace = '', path: urlPath = '', port = 0 }: Fields, path: FieldPath): FieldError[] {
  const portErrors = isValidPortNum(port)
  return [
    ...(name === '' ? [required(path.child('name'))] : []),
    ...(namespace === '' ? [required(path.child('namespace'))] : []),
    ...(portErrors.length > 0 ? [invalid(path.child('port'), port, `port is not valid: ${portErrors.join(', ')}`)] : []),
    ...validateServicePath(urlPath ?? '', path.child('path')),
  ]
}

function validateServicePath(urlPath: string, path: FieldPath): FieldError[] {
  if (urlPath === '' || urlPath === '/') return []
  const fail = (text: string) => invalid(path, urlPath, text)
  if (urlPath === '//') return [fail('segment[0] may not be empty')]
  // The first byte is taken for a slash, whatever it is.
  const segments = Buffer.from(urlPath).subarray(1).toString().replace(/\/$/, '').split('/')
  return [
    ...(urlPath.startsWith('/') ? [] : [fail("must start with a '/'")]),
    ...segments.flatMap((segment, i) =>
      segment === '' ? [fail(`segment[${i}] may not be empty`)] : isDNS1123Subdomain(segment).map((text) => fail(`segment[${i}]: ${text}`)),
    ),
  ]
}
