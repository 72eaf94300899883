import type { Duplex } from 'node:stream'
import type { CommandRequest, CommandSession } from '../container-runtime/running-containers.ts'

/** Whom a certificate of our CA names. */
export interface ClientCertificate {
  /** '' if it names none. */
  commonName: string
  organizations: string[]
  /** Of the whole, in hexadecimal. */
  sha256: string
}

/** A request as the handler sees it, whatever brought it: a socket, or a Fetch request in the same process. */
export interface ApiRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly url: string
  /** By lower-case name; several of one name are joined by ', '. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Every header line, by lower-case name: for headers whose values may hold commas. */
  headerLines(): Readonly<Record<string, readonly string[]>>
  /** What the client used to reach the server, as `127.0.0.1:6443`. */
  readonly host: string
  readonly remoteAddress: string
  /** Of the emulator itself, which nobody watches. */
  readonly own?: boolean
  /** What a client presented: `untrusted` if it is not of our CA, not for clients, or not of this time. */
  readonly clientCertificate?: ClientCertificate | 'untrusted' | undefined
  /**
   * The whole body.
   * @throws BodyTooLarge beyond `limit` bytes
   */
  body(limit: number): Promise<Uint8Array>
}

export class BodyTooLarge extends Error {}

/** Where a response that goes on, such as a watch, is written. */
export interface ResponseSink {
  /** False when the reader is slow: hold back until it is told by `onDrain`. */
  write(chunk: Uint8Array | string): boolean
  /** What is written meanwhile may be sent together. */
  together(writes: () => void): void
  end(): void
  /** Breaks the connection off, as when a server dies. */
  reset(): void
  readonly closed: boolean
  /** Each write is a message of its own, which arrives whole or not at all. */
  readonly messages?: true
  onClose(listener: () => void): void
  onDrain(listener: () => void): void
}

export interface ApiResponse {
  status: number
  headers: Record<string, string | string[]>
  body?: Uint8Array | string
  /** Instead of `body`: is given the sink once the head has been sent. */
  stream?: (sink: ResponseSink) => void
  /** Instead of an answer: the connection is broken off, or stays as it is and nothing comes. */
  connection?: 'reset' | 'silent'
  /** With status 101: how the connection goes on, where the transport lets it. */
  upgrade?: Upgrade
}

/** Streams of a Pod: `exec` and `attach` to a command, `portforward` to ports. */
export type Upgrade = CommandUpgrade | PortForwardUpgrade

export interface CommandUpgrade {
  kind: 'command'
  wanted: Omit<CommandRequest, 'command'>
  /** @throws Error with what is wrong with the command */
  start(): Promise<CommandSession>
  /** What an exit code other than 0 is told with; undefined where it does not matter. */
  failure: ((exitCode: number) => string) | undefined
  /** Told of the time that somebody is connected. */
  track(session: Promise<void>): void
}

export interface PortForwardUpgrade {
  kind: 'port-forward'
  /** Where they are not told later, by the streams. */
  ports: readonly number[]
  /** @throws Error with what its client is to be told */
  dial(port: number): Promise<Duplex>
  track(session: Promise<void>): void
}
