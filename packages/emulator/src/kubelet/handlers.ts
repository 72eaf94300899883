// What probes and lifecycle hooks do: run a command, ask by HTTP, connect.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect, isIP, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Container, Handler, HttpGetAction } from './pod-types.ts'

/** A container to be asked. */
export interface HandlerTarget {
  container: Container
  podIP: string
  /** Connects to the Pod, where its network is not this machine's. */
  connect?: ((host: string, port: number) => Promise<Socket>) | undefined
  /** Runs a command in the container, for so many milliseconds at most. */
  exec(command: string[], milliseconds: number | undefined): Promise<{ exitCode: number; output: string; timedOut: boolean }>
}

/** `unknown`: it could not be asked. */
export interface Outcome {
  result: 'success' | 'warning' | 'failure' | 'unknown'
  /** As the kubelet's events have it. */
  output: string
}

const MOST_REDIRECTS = 10
const MOST_BODY = 10 * 1024

/** Never rejects. @param seconds how long it may take */
export async function probe(handler: Handler, target: HandlerTarget, seconds: number): Promise<Outcome> {
  try {
    if (handler.exec) return await probeCommand(handler.exec.command ?? [], target, seconds)
    if (handler.httpGet) return await probeHttp(handler.httpGet, target, seconds, `kube-probe/${kubeletVersion}`)
    if (handler.tcpSocket)
      return await probeTcp(
        handler.tcpSocket.host || target.podIP,
        portOf(handler.tcpSocket.port, target.container),
        seconds,
        target.connect,
      )
    return { result: 'unknown', output: `missing probe handler for ${target.container.name}` }
  } catch (error) {
    return { result: 'unknown', output: (error as Error).message }
  }
}

/**
 * A lifecycle hook: of an HTTP request any answer will do. No time limit of its own.
 * @throws Error with the reason
 */
export async function runHook(handler: Handler, target: HandlerTarget): Promise<void> {
  if (handler.exec) {
    const { exitCode, output } = await target.exec(handler.exec.command ?? [], undefined)
    if (exitCode !== 0) throw new Error(`command exited with ${exitCode}: ${output}`)
  } else if (handler.sleep) {
    const { seconds } = handler.sleep
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000).unref())
  } else if (handler.httpGet) {
    const { result, output } = await probeHttp(handler.httpGet, target, HOOK_SECONDS, `kube-lifecycle/${kubeletVersion}`)
    if (result === 'failure' && !output.startsWith(STATUS_FAILURE)) throw new Error(output)
  } else {
    // So the kubelet says of tcpSocket too, which no hook may have any more.
    throw new Error('invalid handler')
  }
}

const kubeletVersion = '1.36'
const HOOK_SECONDS = 24 * 60 * 60
const STATUS_FAILURE = 'HTTP probe failed with statuscode: '

async function probeCommand(command: string[], { exec }: HandlerTarget, seconds: number): Promise<Outcome> {
  const { exitCode, output, timedOut } = await exec(command, seconds * 1_000)
  if (timedOut) return { result: 'failure', output: `command timed out: "${command.join(' ')}" timed out after ${seconds}s` }
  return { result: exitCode === 0 ? 'success' : 'failure', output }
}

/** @throws Error for a name that no port of the container has */
function portOf(port: number | string, { ports = [] }: Container): number {
  const named = ports.find(({ name }) => name === port)?.containerPort
  const number = typeof port === 'number' ? port : (named ?? (/^\d+$/.test(port) ? Number(port) : undefined))
  if (number === undefined) throw new Error(`strconv.Atoi: parsing "${port}": invalid syntax`)
  if (number > 0 && number < 65_536) return number
  throw new Error(`invalid port number: ${number}`)
}

const bracketed = (host: string) => (isIPv6(host) ? `[${host}]` : host)

function probeTcp(host: string, port: number, seconds: number, reach = connected): Promise<Outcome> {
  return new Promise((resolve) => {
    const reaching = reach(host, port)
    const end = (outcome: Outcome) => {
      clearTimeout(timer)
      reaching.then(
        (socket) => socket.destroy(),
        () => {},
      )
      resolve(outcome)
    }
    const timer = setTimeout(() => end({ result: 'failure', output: `dial tcp ${bracketed(host)}:${port}: i/o timeout` }), seconds * 1_000)
    reaching.then(
      () => end({ result: 'success', output: '' }),
      (error) => end({ result: 'failure', output: goError(error, `${bracketed(host)}:${port}`) }),
    )
  })
}

const connected = (host: string, port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ host, port })
    socket.once('error', reject).once('connect', () => resolve(socket))
  })

/** Go's words for what the system says. */
function goError({ code, message }: NodeJS.ErrnoException, address: string): string {
  if (code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`
  if (code === 'ECONNRESET') return message.includes('socket hang up') ? 'EOF' : `read tcp ${address}: read: connection reset by peer`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${address.replace(/:\d+$/, '')}: no such host`
  return message
}

async function probeHttp(action: HttpGetAction, target: HandlerTarget, seconds: number, agent: string): Promise<Outcome> {
  const host = action.host || target.podIP
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const path = action.path ?? '/'
  const first = new URL(
    `${scheme}://${bracketed(host)}:${portOf(action.port, target.container)}${path.startsWith('/') ? path : `/${path}`}`,
  )
  const own = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]))
  const headers = { 'user-agent': agent, accept: '*/*', ...own }
  const deadline = performance.now() + seconds * 1_000
  let url = first
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url, headers, deadline - performance.now(), target.connect)
    if (typeof answer === 'string') return { result: 'failure', output: `Get "${url.href}": ${answer}` }
    const { status, location, body } = answer
    if (status < 200 || status >= 400) return { result: 'failure', output: `${STATUS_FAILURE}${status}` }
    if (status < 300) return { result: 'success', output: body }
    const next = location === undefined ? undefined : URL.parse(location, url)
    // Only within the container's own host.
    if (!next || next.hostname !== first.hostname)
      return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}` }
    if (redirects === MOST_REDIRECTS) return { result: 'failure', output: `Get "${next.href}": stopped after ${MOST_REDIRECTS} redirects` }
    url = next
  }
}

interface HttpAnswer {
  status: number
  location: string | undefined
  body: string
}

/** The reason as text where there is no answer. */
function get(
  url: URL,
  headers: Record<string, string>,
  milliseconds: number,
  reach: HandlerTarget['connect'],
): Promise<HttpAnswer | string> {
  return new Promise((resolve) => {
    const isTls = url.protocol === 'https:'
    // Neither a connection that is kept, nor a certificate that is checked.
    const own = isTls ? { agent: new HttpsAgent(), rejectUnauthorized: false } : { agent: new HttpAgent() }
    const options: RequestOptions = { headers, ...(reach === undefined ? own : { createConnection: connectionBy(reach, isTls) }) }
    const asked = (isTls ? httpsRequest : httpRequest)(
      url,
      options,
      (answer) => void readBody(answer).then((body) => end(toAnswer(answer, body))),
    )
    const end = (outcome: HttpAnswer | string) => {
      clearTimeout(timer)
      asked.destroy()
      resolve(outcome)
    }
    const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    const timer = setTimeout(() => end(late), Math.max(0, Math.min(milliseconds, 2 ** 31 - 1)))
    asked.once('error', (error) => end(goError(error, `${url.hostname}:${url.port || (isTls ? 443 : 80)}`)))
    asked.end()
  })
}

/** Node's requests by a connection that someone else makes. */
function connectionBy(reach: NonNullable<HandlerTarget['connect']>, isTls: boolean): NonNullable<RequestOptions['createConnection']> {
  return ({ host, port }, done) => {
    const name = (host ?? '').replace(/^\[|\]$/g, '')
    const secured = (socket: Socket) =>
      isTls ? connectTls({ socket, rejectUnauthorized: false, ...(isIP(name) === 0 ? { servername: name } : {}) }) : socket
    reach(name, Number(port)).then(
      (socket) => done(null, secured(socket)),
      (error: Error) => done(error, undefined as never),
    )
    return undefined
  }
}

const toAnswer = ({ statusCode = 0, headers }: IncomingMessage, body: string): HttpAnswer => ({
  status: statusCode,
  location: headers.location,
  body,
})

async function readBody(answer: IncomingMessage): Promise<string> {
  let body = ''
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      body += chunk
      if (body.length >= MOST_BODY) break
    }
  } catch {
    // What came is told.
  }
  return body.slice(0, MOST_BODY)
}
