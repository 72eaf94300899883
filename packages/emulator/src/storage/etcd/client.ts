import { type Channel, type ChannelOptions, GrpcError, grpcStatus, openChannel } from './grpc-channel.ts'
import { authenticateRequest, methods, readAuthenticateResponse } from './messages.ts'

export interface EtcdClientOptions {
  endpoints: readonly string[]
  tls: ChannelOptions
  user?: string | undefined
  password?: string | undefined
}

/** One etcd cluster, by whichever of its members answers. */
export interface EtcdClient {
  /** @throws GrpcError */
  call(method: string, body: Uint8Array, timeoutMs?: number): Promise<Uint8Array>
  /** A call that goes on until it is cancelled or `end` is told why it ended. */
  stream(method: string, on: { message(body: Uint8Array): void; end(error: GrpcError): void }): Promise<EtcdStream>
  /** Drops the connection, if there is one: the next call makes another, with another member. */
  reconnect(): void
  close(): void
}

export interface EtcdStream {
  write(body: Uint8Array): void
  cancel(): void
}

const connectMs = 3_000
const callMs = 5_000

export function createEtcdClient({ endpoints, tls, user, password }: EtcdClientOptions): EtcdClient {
  let channel: Promise<Channel> | undefined
  let current: Channel | undefined
  let token: string | undefined
  let next = 0
  let closed = false

  const connect = async (): Promise<Channel> => {
    let problem: unknown
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[next % endpoints.length]!
      try {
        return await openChannel(endpoint, tls, connectMs)
      } catch (error) {
        problem = error
        next++
      }
    }
    throw problem
  }
  const connected = (): Promise<Channel> => {
    if (closed) return Promise.reject(new GrpcError(grpcStatus.unavailable, 'the storage is closed', true))
    if (current !== undefined && !current.closed) return Promise.resolve(current)
    channel ??= connect()
      .then((made) => {
        current = made
        if (closed) made.close()
        return made
      })
      .finally(() => {
        channel = undefined
      })
    return channel
  }
  const authenticate = async (on: Channel): Promise<string | undefined> => {
    if (user === undefined) return undefined
    token ??= readAuthenticateResponse(
      await on.unary(methods.authenticate, authenticateRequest(user, password ?? ''), { timeoutMs: callMs }),
    )
    return token
  }

  return {
    async call(method, body, timeoutMs = callMs) {
      for (let attempt = 1; ; attempt++) {
        const on = await connected()
        try {
          return await on.unary(method, body, { token: await authenticate(on), timeoutMs })
        } catch (error) {
          // Tokens of etcd are forgotten with its memory, and when nobody has used them for a while.
          if (user === undefined || attempt > 1 || !isTokenProblem(error)) throw error
          token = undefined
        }
      }
    },
    async stream(method, on) {
      const way = await connected()
      return way.stream(method, { token: await authenticate(way) }, on)
    },
    reconnect() {
      current?.close()
      current = undefined
      next++
    },
    close() {
      closed = true
      current?.close()
    },
  }
}

const isTokenProblem = (error: unknown) =>
  error instanceof GrpcError && (error.code === grpcStatus.unauthenticated || error.message.includes('invalid auth token'))
