/** A line that a program of the soak prints; each has one of these. */
export interface Report {
  /** An acknowledged write; `version` is missing where others have written since, so that it cannot be known. */
  wrote?: { resource: string; name: string; stamp: string; version?: string }
  deleted?: { resource: string; name: string; uid: string }
  /** An update of a counter is also told as `wrote`. */
  counted?: { resource: string; name: string }
  /** The server refused a write because someone else's came first. */
  conflict?: true
  /** A request got no answer, or an error that passes; it was made again. */
  retried?: true
  /** The server did what it must not. */
  problem?: string
  /** Nothing is written from now on, until it is told to go on. */
  paused?: true
  /** What an informer told its handler. */
  event?: { resource: string; type: 'ADDED' | 'MODIFIED' | 'DELETED'; name: string; version: string }
  /** What informers hold: versions by name, by resource. */
  state?: Record<string, Record<string, string>>
}
