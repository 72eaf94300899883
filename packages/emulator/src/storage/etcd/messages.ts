// The part of etcd's API that is used (etcdserverpb, rpc.proto), as its messages are on the wire.
import { type Reader, readBytes, readerOf, readTag, readVarint, skipField, textOf, wireTypes } from '../../apimachinery/protobuf/wire.ts'
import { bytes, flag, integer, message, text } from './protobuf-writer.ts'

export const methods = {
  range: '/etcdserverpb.KV/Range',
  txn: '/etcdserverpb.KV/Txn',
  compact: '/etcdserverpb.KV/Compact',
  watch: '/etcdserverpb.Watch/Watch',
  leaseGrant: '/etcdserverpb.Lease/LeaseGrant',
  leaseRevoke: '/etcdserverpb.Lease/LeaseRevoke',
  leaseKeepAlive: '/etcdserverpb.Lease/LeaseKeepAlive',
  authenticate: '/etcdserverpb.Auth/Authenticate',
} as const

export interface KeyValue {
  key: string
  modRevision: number
  value: string
}

export interface RangeOptions {
  /** The first key that is not in the range; without it, just the one key. */
  rangeEnd?: string
  limit?: number
  /** Default: the newest. */
  revision?: number
  keysOnly?: boolean
}

export const rangeRequest = (key: string, { rangeEnd = '', limit = 0, revision = 0, keysOnly = false }: RangeOptions = {}): Uint8Array =>
  message(text(1, key), text(2, rangeEnd), integer(3, limit), integer(4, revision), flag(8, keysOnly))

export interface RangeResponse {
  /** The store's, when it answered. */
  revision: number
  pairs: KeyValue[]
  more: boolean
}

export function readRangeResponse(encoded: Uint8Array): RangeResponse {
  const found: RangeResponse = { revision: 0, pairs: [], more: false }
  eachField(encoded, {
    1: (reader) => {
      found.revision = readHeader(readBytes(reader))
    },
    2: (reader) => found.pairs.push(readKeyValue(readBytes(reader))),
    3: (reader) => {
      found.more = readNumber(reader) === 1
    },
  })
  return found
}

export interface Put {
  key: string
  value: string
  lease?: number
}

/** What a transaction does. */
export interface Operation {
  range?: { key: string } & RangeOptions
  put?: Put
  remove?: { key: string }
}

export interface TxnRequest {
  /** Keys that have to be at a revision; 0: not there. */
  expected: Array<{ key: string; modRevision: number }>
  /** All keys that there are from one on have to be at earlier revisions. */
  earlier?: { key: string; rangeEnd: string; modRevision: number } | undefined
  success: Operation[]
  failure: Operation[]
}

const LESS = 2
const MOD_REVISION = 2

export function txnRequest({ expected, earlier, success, failure }: TxnRequest): Uint8Array {
  const compare = ({ key, modRevision }: TxnRequest['expected'][number]) =>
    message(integer(2, MOD_REVISION), text(3, key), integer(6, modRevision))
  return message(
    ...expected.map((each) => bytes(1, compare(each))),
    ...(earlier === undefined ? [] : [bytes(1, message(integer(1, LESS), compare(earlier), text(64, earlier.rangeEnd)))]),
    ...success.map((each) => bytes(2, encodeOperation(each))),
    ...failure.map((each) => bytes(3, encodeOperation(each))),
  )
}

function encodeOperation({ range, put, remove }: Operation): Uint8Array {
  if (range !== undefined) return bytes(1, rangeRequest(range.key, range))
  if (put !== undefined) return bytes(2, message(text(1, put.key), text(2, put.value), integer(3, put.lease ?? 0)))
  return bytes(3, message(text(1, remove?.key ?? '')))
}

export interface TxnResponse {
  revision: number
  succeeded: boolean
  /** Of its ranges, in their order. */
  ranges: RangeResponse[]
}

export function readTxnResponse(encoded: Uint8Array): TxnResponse {
  const found: TxnResponse = { revision: 0, succeeded: false, ranges: [] }
  eachField(encoded, {
    1: (reader) => {
      found.revision = readHeader(readBytes(reader))
    },
    2: (reader) => {
      found.succeeded = readNumber(reader) === 1
    },
    3: (reader) =>
      eachField(readBytes(reader), {
        1: (operation) => found.ranges.push(readRangeResponse(readBytes(operation))),
      }),
  })
  return found
}

export const compactionRequest = (revision: number): Uint8Array => integer(1, revision)

export const watchRequest = (key: string, rangeEnd: string, startRevision: number): Uint8Array =>
  bytes(1, message(text(1, key), text(2, rangeEnd), integer(3, startRevision)))

export interface WatchEvent extends KeyValue {
  deleted: boolean
}

export interface WatchResponse {
  revision: number
  canceled: boolean
  /** The watch was to begin before this one; 0 if that is not why it was cancelled. */
  compactRevision: number
  cancelReason: string
  events: WatchEvent[]
}

export function readWatchResponse(encoded: Uint8Array): WatchResponse {
  const found: WatchResponse = { revision: 0, canceled: false, compactRevision: 0, cancelReason: '', events: [] }
  eachField(encoded, {
    1: (reader) => {
      found.revision = readHeader(readBytes(reader))
    },
    4: (reader) => {
      found.canceled = readNumber(reader) === 1
    },
    5: (reader) => {
      found.compactRevision = readNumber(reader)
    },
    6: (reader) => {
      found.cancelReason = textOf(readBytes(reader))
    },
    11: (reader) => found.events.push(readEvent(readBytes(reader))),
  })
  return found
}

function readEvent(encoded: Uint8Array): WatchEvent {
  let deleted = false
  let pair: KeyValue = { key: '', modRevision: 0, value: '' }
  eachField(encoded, {
    1: (reader) => {
      deleted = readNumber(reader) === 1
    },
    2: (reader) => {
      pair = readKeyValue(readBytes(reader))
    },
  })
  return { ...pair, deleted }
}

/** @param seconds how long the lease goes on without being kept alive */
export const leaseGrantRequest = (id: number, seconds: number): Uint8Array => message(integer(1, seconds), integer(2, id))
export const leaseRequest = (id: number): Uint8Array => integer(1, id)

/** The seconds that a lease still has: 0 if it is no more. */
export function readKeepAliveResponse(encoded: Uint8Array): number {
  let seconds = 0
  eachField(encoded, {
    3: (reader) => {
      seconds = readNumber(reader)
    },
  })
  return seconds
}

export const authenticateRequest = (name: string, password: string): Uint8Array => message(text(1, name), text(2, password))

export function readAuthenticateResponse(encoded: Uint8Array): string {
  let token = ''
  eachField(encoded, {
    2: (reader) => {
      token = textOf(readBytes(reader))
    },
  })
  return token
}

function readHeader(encoded: Uint8Array): number {
  let revision = 0
  eachField(encoded, {
    3: (reader) => {
      revision = readNumber(reader)
    },
  })
  return revision
}

function readKeyValue(encoded: Uint8Array): KeyValue {
  const found: KeyValue = { key: '', modRevision: 0, value: '' }
  eachField(encoded, {
    1: (reader) => {
      found.key = textOf(readBytes(reader))
    },
    3: (reader) => {
      found.modRevision = readNumber(reader)
    },
    5: (reader) => {
      found.value = textOf(readBytes(reader))
    },
  })
  return found
}

const readNumber = (reader: Reader) => Number(readVarint(reader))

/** Gives each field to who wants its number, and passes over the others. */
function eachField(encoded: Uint8Array, wanted: Readonly<Record<number, (reader: Reader) => void>>): void {
  const reader = readerOf(encoded)
  for (;;) {
    const { number, wireType } = readTag(reader, 'etcd')
    if (number === 0) return
    const read = wanted[number]
    if (read === undefined || wireType > wireTypes.bytes) skipField(reader, wireType)
    else read(reader)
  }
}
