/** Calls webhooks; what goes wrong is told as Go's HTTP client would. */
import { getServers } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { posix } from 'node:path'
import type { PeerCertificate } from 'node:tls'
import { quote } from '../apimachinery/quote.ts'
import type { StrategyContext } from './strategy.ts'

/** Where a webhook is: at a URL, or at a Service. */
export interface ClientConfig {
  url?: string
  service?: { namespace: string; name: string; path?: string; port?: number }
  /** PEM in base64. */
  caBundle?: string
}

/** Finds the Services of webhooks. */
export interface ServiceSource {
  lookup: StrategyContext['lookup']
}

/** Where a webhook's Service that runs on this machine is reached: `HOST:PORT`. */
const forwardAnnotation = 'inpod.dev/forward-to'
const maxAnswer = 64 * 1024 * 1024

interface Endpoint {
  /** As messages show it. */
  url: string
  host: string
  port: number
  path: string
  /** The name that the certificate must be for. */
  serverName: string
}

export interface Answer {
  status: number
  contentType: string
  text: string
}

/** A call that got no answer, with the reason in the server's words. */
export class CallFailure extends Error {}

/**
 * Posts JSON to a webhook.
 * @param timeoutSeconds until the whole answer is there
 * @throws CallFailure
 */
export async function callWebhook(config: ClientConfig, body: unknown, timeoutSeconds: number, source: ServiceSource): Promise<Answer> {
  const endpoint = endpointOf(config, timeoutSeconds, source)
  const fail = (why: string) => new CallFailure(`Post ${quote(endpoint.url)}: ${why}`)
  if (typeof endpoint.host !== 'string' || endpoint.host === '') throw fail('no Host in request URL')
  try {
    return await post(endpoint, config, JSON.stringify(body), timeoutSeconds)
  } catch (error) {
    throw fail(reasonOf(error as NodeJS.ErrnoException, endpoint))
  }
}

function endpointOf({ url, service }: ClientConfig, timeoutSeconds: number, source: ServiceSource): Endpoint {
  const query = `?timeout=${timeoutSeconds}s`
  if (service === undefined) {
    const { hostname, port, host, pathname } = new URL(url!)
    const bare = hostname.replace(/^\[|\]$/g, '')
    const path = cleanPath(pathname) + query
    return { url: `https://${host}${path}`, host: bare, port: Number(port || 443), path, serverName: bare }
  }
  const { name, namespace, path = '', port = 443 } = service
  const serverName = `${name}.${namespace}.svc`
  const asked = cleanPath(path) + query
  const shown = `https://${serverName}:${port}${asked}`
  const unresolved = (why: string) => new CallFailure(`Post ${quote(shown)}: ${why}`)
  const found = source.lookup({ group: '', resource: 'services' }, namespace, name)
  if (found === undefined) throw unresolved(`service ${quote(name)} not found`)
  const forwardTo = found.metadata.annotations?.[forwardAnnotation]
  const at = (host: string, atPort: number) => ({ url: shown, host, port: atPort, path: asked, serverName })
  if (forwardTo !== undefined && URL.canParse(`https://${forwardTo}`)) {
    const target = new URL(`https://${forwardTo}`)
    return at(target.hostname.replace(/^\[|\]$/g, ''), Number(target.port || 443))
  }
  const { type, clusterIP = '', externalName = '', ports = [] } = found['spec'] ?? {}
  if (type === 'ExternalName') return at(externalName, port)
  if (clusterIP === 'None') throw unresolved(`cannot route to service with ClusterIP "None"`)
  if (!ports.some((each: { port: number }) => each.port === port))
    throw unresolved(`no service port ${port} found for service ${quote(name)}`)
  // No network of a cluster is here to carry it any further.
  throw unresolved(`dial tcp ${hostPort(clusterIP, port)}: connect: no route to host`)
}

/** As client-go's requests have it: no empty elements, none of dots, and no slash at the end. */
const cleanPath = (path: string) => posix.join('/', path).replace(/(?<=.)\/$/, '')

const hostPort = (host: string, port: number | string) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

class DeadlineExceeded extends Error {}

function post(endpoint: Endpoint, { caBundle }: ClientConfig, body: string, timeoutSeconds: number): Promise<Answer> {
  const { host, port, path, serverName } = endpoint
  const authority = new URL(endpoint.url).host
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      {
        host,
        port,
        path,
        method: 'POST',
        agent: false,
        ...(caBundle ? { ca: Buffer.from(caBundle, 'base64') } : {}),
        ...(/^[\d.]+$|:/.test(serverName) ? {} : { servername: serverName }),
        headers: {
          host: authority,
          'user-agent': 'kube-apiserver-admission',
          accept: 'application/json, */*',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        read(answer).then((text) => {
          clearTimeout(timer)
          resolve({ status: answer.statusCode ?? 0, contentType: answer.headers['content-type'] ?? '', text })
        }, reject)
      },
    )
    const timer = setTimeout(() => call.destroy(new DeadlineExceeded()), timeoutSeconds * 1000)
    call.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    call.end(body)
  })
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    size += (chunk as Buffer).length
    if (size > maxAnswer) throw new Error('http: request body too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

const unknownAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
const dialErrors: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
}

type NetworkError = NodeJS.ErrnoException & { address?: string; port?: number; cert?: PeerCertificate; errors?: NetworkError[] }

function reasonOf(error: NetworkError, endpoint: Endpoint): string {
  const first = error.errors?.[0] ?? error
  const code = first.code ?? ''
  const tls = (why: string) => `tls: failed to verify certificate: x509: ${why}`
  if (error instanceof DeadlineExceeded) return 'context deadline exceeded'
  if (dialErrors[code] !== undefined) {
    return `dial tcp ${hostPort(first.address ?? endpoint.host, first.port ?? endpoint.port)}: connect: ${dialErrors[code]}`
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const [server] = getServers()
    const at = server === undefined ? '' : ` on ${/:\d+$/.test(server) ? server : hostPort(server, 53)}`
    return `dial tcp: lookup ${endpoint.host}${at}: ${code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'}`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return tls(wrongName(endpoint.serverName, error.cert))
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return tls('certificate has expired or is not yet valid')
  if (unknownAuthority.has(code)) return tls('certificate signed by unknown authority')
  if (/wrong version number|packet length too long/i.test(error.message)) return 'http: server gave HTTP response to HTTPS client'
  if (code === 'ECONNRESET' || /socket hang up|aborted/.test(error.message)) return 'EOF'
  return error.message
}

function wrongName(name: string, certificate: PeerCertificate | undefined): string {
  const alternatives = (certificate?.subjectaltname ?? '').split(', ').filter((each) => each !== '')
  const of = (kind: string) => alternatives.filter((each) => each.startsWith(kind)).map((each) => each.slice(kind.length))
  const [names, addresses] = [of('DNS:'), of('IP Address:')]
  if (/^[\d.]+$|:/.test(name)) {
    if (addresses.length === 0) return `cannot validate certificate for ${name} because it doesn't contain any IP SANs`
    return `certificate is valid for ${addresses.join(', ')}, not ${name}`
  }
  if (names.length === 0) {
    if (addresses.length > 0) return `certificate is not valid for any names, but wanted to match ${name}`
    return 'certificate relies on legacy Common Name field, use SANs instead'
  }
  return `certificate is valid for ${names.join(', ')}, not ${name}`
}

const genericErrors: Record<number, string> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
}

/** What an answer that is no success means, undefined for one that is. `readsStatus`: a Status in it is understood. */
export function failureOf({ status, contentType, text }: Answer, { readsStatus }: { readsStatus: boolean }): string | undefined {
  if (status >= 200 && status <= 206) return undefined
  const own = readsStatus ? statusMessage(text) : undefined
  if (own !== undefined) return own
  const said = contentType === '' || contentType.startsWith('text/') ? text.trim() : ''
  const message = said === '' ? 'unknown' : said
  if (genericErrors[status] !== undefined) return genericErrors[status]
  if (status === 406 && message === 'unknown') return 'the server was unable to respond with a content type that the client supports'
  if ([403, 406, 415].includes(status)) return message
  if (status >= 500) return `an error on the server (${quote(message)}) has prevented the request from succeeding`
  return `the server responded with the status code ${status} but did not return more information`
}

/** The message of a Status; anything else that is a JSON object counts as one without a message. */
function statusMessage(text: string): string | undefined {
  try {
    const value = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return (value.kind ?? 'Status') === 'Status' ? value.message || 'unknown' : undefined
  } catch {
    return undefined
  }
}
