import type { FeedEvent, Replacement } from './feed.ts'
import type { ChannelOptions } from './grpc-channel.ts'
import type { KeyValue } from './messages.ts'

/** What the worker is given at its start. */
export interface WorkerSettings {
  endpoints: string[]
  user: string | undefined
  password: string | undefined
  tls: ChannelOptions
  /** What all keys begin with; ends with a slash. */
  prefix: string
  /** Counts answers, and wakes who waits for them. */
  signal: Int32Array
}

/** What the worker is asked for. All that names keys names them whole. */
export type Question =
  /** The state to begin with; all that happens afterwards is told. */
  | { do: 'open' }
  /** One object. Without a value it is deleted. Nothing below `unchanged` may have been written since. */
  | { do: 'write'; key: string; value: string | undefined; expected: number; unchanged: { prefix: string; since: number } | undefined }
  /** To be answered when all has been told that was written before the question. */
  | { do: 'catchUp' }
  | { do: 'compact'; revision: number }
  | { do: 'read'; key: string }
  /** A key of inpod's own; a leased one ends with this process. */
  | { do: 'put'; key: string; value: string; expected: number; leased: boolean }
  | { do: 'remove'; key: string }
  | { do: 'close' }

export type Answer =
  | { revision: number }
  | { revision: number; pairs: KeyValue[] }
  | { pair: KeyValue | undefined }
  | { conflict: true }
  | { failure: Failure }

/** Why something could not be done. */
export interface Failure {
  text: string
  /** Whether etcd has said no: it has certainly not happened. */
  refused: boolean
}

export type FromWorker = { events: FeedEvent[] } | { replaced: Replacement } | { id: number; answer: Answer }
