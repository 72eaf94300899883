import type { TLSSocket } from 'node:tls'
import type { Answer } from '../answers.ts'
import { type Address, openSocket } from './client.ts'
import { createResponseReader } from './response-reader.ts'

export interface RawExchange {
  answers: Answer[]
  /** The server closed the connection. */
  closed: boolean
  /** Bytes that came and are no whole answer. */
  waiting: number
}

export interface RawOptions {
  /** Of the requests in their order, as far as they are known: an answer to HEAD has no body. */
  methods?: readonly string[]
  /** Ends the exchange once it holds; else it lasts until the connection ends or nothing comes for `silence`. */
  enough?(seen: RawExchange): boolean
  /** Milliseconds. */
  silence: number
  alpn?: string
  /** After the last byte: nothing, the end of what we send, or the end of everything. */
  afterwards?: 'half-close' | 'destroy' | undefined
}

/**
 * Sends bytes as they are, and gives what comes back.
 * @throws Violation for what is no answer
 */
export async function exchangeRaw(address: Address, bytes: Buffer, options: RawOptions): Promise<RawExchange> {
  const socket = await openSocket(address, options.alpn)
  try {
    return await collect(socket, bytes, options)
  } finally {
    socket.destroy()
  }
}

function collect(socket: TLSSocket, bytes: Buffer, { methods, enough, silence, afterwards }: RawOptions): Promise<RawExchange> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader(methods)
    const seen = (closed: boolean): RawExchange => ({ answers: reader.answers, closed, waiting: reader.waiting })
    const timer = setTimeout(() => resolve(seen(false)), silence)
    const take = (chunk: Buffer) => {
      try {
        reader.take(chunk)
      } catch (error) {
        return reject(error)
      }
      timer.refresh()
      if (enough?.(seen(false))) resolve(seen(false))
    }
    socket.on('data', take)
    socket.once('close', () => {
      clearTimeout(timer)
      reader.end()
      resolve(seen(true))
    })
    if (afterwards === 'half-close') socket.end(bytes)
    else socket.write(bytes, () => afterwards === 'destroy' && socket.destroy())
  })
}
