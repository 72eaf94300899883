/** A word or several of which one must match; `*` stands for anything within a word. */
export type Words = string | readonly string[]

/** Which requests: all that is given must match. */
export interface FaultMatch {
  /** Such as `list`; of paths that are no resources, the method in lower case. */
  verb?: Words
  /** `''` is the core group. */
  apiGroup?: Words
  /** Such as `pods`, `pods/log` or `pods/*`; without a slash its subresources are not meant. */
  resource?: Words
  subresource?: Words
  /** `''` is a request for all namespaces or for what is in none. */
  namespace?: Words
  name?: Words
  /** Such as `system:serviceaccount:default:demo`. */
  user?: Words
  /** Of the URL, without the query. */
  path?: Words
}

export interface WatchFault {
  /** It ends without an error. */
  close?: true
  /** It ends with an ERROR event of 410 `Expired`. */
  expire?: true
  /** It stays open, and nothing comes any more. */
  stall?: true
  dropBookmarks?: true
  /** So many events come first. */
  afterEvents?: number
  /** So long it goes well. */
  after?: string
}

/**
 * What a server does wrong, to which requests and how often. Times are texts such as `200ms`, `5s` or `1m30s`; `after` and `for` follow
 * the emulator's clock, all others real time. A fault has one effect, and may have a delay besides.
 */
export interface Fault {
  /** To remove it by; made up if left out. */
  id?: string
  /** Default: every request. */
  match?: FaultMatch
  /** So many matching requests go well before. */
  skip?: number
  /** It happens so many times; default: again and again, but `token`, `certificateAuthority` and `down` once. */
  count?: number
  /** The share of matching requests, from 0 to 1. */
  probability?: number
  /** Chooses which requests, the same each time; default 0. */
  seed?: number
  /** Nothing happens for so long. */
  after?: string
  /** It is over after so long. */
  for?: string
  /** The request waits first. */
  delay?: string
  /** The answer is this error, with the body of a real API server. */
  status?: number
  /** With `status`: others than the usual. */
  reason?: string
  message?: string
  retryAfterSeconds?: number
  /** The connection is broken off: at once, or within the answer's body. */
  reset?: true | { afterBytes: number }
  /** The request is taken and never answered. */
  halfOpen?: true
  slowBody?: { bytesPerSecond: number }
  watch?: WatchFault
  /** The token of the request is not valid any more; `rotate` also puts a new one into the Pod's file. */
  token?: 'expire' | 'rotate'
  /** The server shows a certificate of a CA that is not the one of `ca.crt`, and connections are dropped. */
  certificateAuthority?: 'change'
  /** The server is gone for so long: connections are dropped and refused. */
  down?: string
}

/** A fault that is in place, and what has come of it so far. */
export interface FaultState {
  readonly fault: Fault & { id: string }
  /** Requests that its selectors have met. */
  readonly matched: number
  /** How often it has happened. */
  readonly happened: number
}
