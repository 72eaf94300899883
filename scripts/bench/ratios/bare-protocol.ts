/** What the bare server is told to say. */
export interface BareAnswer {
  method: string
  path: string
  status: number
  /** In base64. */
  body: string
}

/** What it says once it listens. */
export interface BareAddresses {
  http1: string
  http2: string
  ca: string
}

/** Streams that are asked for here get a line with each request to the other. */
export const WATCH = '/watch'
export const NOTIFY = '/notify'
