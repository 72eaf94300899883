import { connect as connectTcp } from 'node:net'
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { breakOff } from '../../../packages/emulator/src/server/break-off.ts'
import type { Answer, Identity } from '../answers.ts'
import { Violation } from '../area.ts'
import { createResponseReader } from './response-reader.ts'

/** Where a server is, and what it is known by. */
export interface Address {
  host: string
  port: number
  ca: string
}

/** Milliseconds within which a request is answered, or its connection closed. */
const answerLimit = 30_000

export interface HostileRequest {
  method: string
  /** Written as it is; characters are bytes. */
  path: string
  /** Written as they are, after Host and what says who sends it. */
  headers?: readonly (readonly [name: string, value: string])[]
  body?: Buffer | string
  as?: Identity
  /** Its answer has an end, which is waited for; else a body that goes on is not. */
  whole?: boolean
}

/** Sends requests of which nothing is checked. */
export interface HostileClient {
  /** The answer; undefined if the connection was closed instead. */
  send(request: HostileRequest): Promise<Answer | undefined>
  close(): void
}

export type Tokens = Readonly<Record<Identity, string | undefined>>

/** Keeps connections, as many as there are requests at a time. */
export function createHostileClient(address: Address, tokens: Tokens): HostileClient {
  const idle: TLSSocket[] = []
  const open = new Set<TLSSocket>()
  return {
    async send(request) {
      const kept = idle.pop()
      const socket = kept?.writable ? kept : await openSocket(address)
      open.add(socket)
      const answer = await exchange(socket, bytesOf(address, tokens, request), request)
      if (answer === undefined || answer.headers['connection'] === 'close' || !socket.writable) {
        socket.destroy()
        open.delete(socket)
      } else idle.push(socket)
      return answer
    },
    close() {
      for (const socket of open) socket.destroy()
    },
  }
}

function bytesOf({ host, port }: Address, tokens: Tokens, { method, path, headers = [], body, as = 'anonymous' }: HostileRequest): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}:${port}`]
  if (tokens[as] !== undefined) lines.push(`Authorization: Bearer ${tokens[as]}`)
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (bytes !== undefined) lines.push(`Content-Length: ${bytes.length}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return bytes === undefined ? head : Buffer.concat([head, bytes])
}

/** A connection that speaks HTTP/1.1, once hands are shaken. */
export function openSocket(address: Address, alpn = 'http/1.1'): Promise<TLSSocket> {
  const { host, port } = address
  return new Promise((resolve, reject) => {
    const transport = connectTcp({ host, port, noDelay: true }, () => {
      const socket = connect({ socket: transport, secureContext: contextOf(address), ALPNProtocols: [alpn] }, () => {
        socket.off('error', reject)
        socket.on('error', () => {})
        resolve(socket)
      })
      socket.once('error', reject)
    })
    transport.on('error', reject).once('close', () => reject(new Error('the connection was closed while hands were shaken')))
  })
}

/** Ends a connection by RST, whatever is on its way. */
export const resetSocket = (socket: TLSSocket): void => breakOff(socket)

const contexts = new WeakMap<Address, SecureContext>()

/** Reading certificates anew for each connection would take longer than the rest of it. */
function contextOf(address: Address): SecureContext {
  const context = contexts.get(address) ?? createSecureContext({ ca: address.ca })
  contexts.set(address, context)
  return context
}

/** The answer to one request; of one that goes on, its head and what of its body came with it. */
function exchange(socket: TLSSocket, bytes: Buffer, { method, whole }: HostileRequest): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader([method])
    const done = (act: () => void) => {
      clearTimeout(timer)
      socket.off('data', data).off('close', closed)
      act()
    }
    const timer = setTimeout(() => done(() => fail(new Violation(`no answer within ${answerLimit} ms`))), answerLimit)
    const fail = (error: unknown) => {
      socket.destroy()
      reject(error)
    }
    const data = (chunk: Buffer) => {
      try {
        reader.take(chunk)
      } catch (error) {
        return done(() => fail(error))
      }
      const answer = reader.answers[0] ?? (whole ? undefined : goingOn(reader.current))
      if (answer !== undefined) done(() => resolve(answer))
    }
    const closed = () => {
      reader.end()
      done(() => resolve(reader.answers[0]))
    }
    socket.on('data', data).once('close', closed)
    socket.write(bytes)
  })
}

/** Nobody waits for the end of a watch. */
function goingOn(current: Answer | undefined): Answer | undefined {
  if (current === undefined || current.status < 200 || !('transfer-encoding' in current.headers)) return undefined
  return { ...current, headers: { ...current.headers, connection: 'close' } }
}
