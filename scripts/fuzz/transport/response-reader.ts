import type { Answer } from '../answers.ts'
import { Violation } from '../area.ts'

/** Reads the answers of HTTP/1.1 off a connection, and takes nothing that is not well-formed (RFC 9112). */
export interface ResponseReader {
  /** Answers that have come in full; those of 1xx are left out. */
  readonly answers: Answer[]
  /** Bytes that are not an answer in full yet. */
  readonly waiting: number
  /** Whether the connection speaks something else from here on, after a 101. */
  readonly isUpgraded: boolean
  /** The head of an answer whose body goes on, such as a watch. */
  readonly current: Answer | undefined
  /** @throws Violation */
  take(chunk: Buffer): void
  /** The connection has ended: an answer without a length has, too. */
  end(): void
}

/** @param methods of the requests in their order; an answer to HEAD has no body */
export function createResponseReader(methods: readonly string[] = []): ResponseReader {
  const answers: Answer[] = []
  let rest: Buffer = Buffer.alloc(0)
  let head: { status: number; headers: Record<string, string> } | undefined
  let chunks: Buffer[] = []
  let isUpgraded = false
  const finish = (body: Buffer) => {
    if (head!.status >= 200) answers.push({ ...head!, body })
    else if (head!.status === 101) isUpgraded = true
    head = undefined
    chunks = []
  }
  const step = (): boolean => {
    if (isUpgraded) return false
    if (head === undefined) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return false
      head = parseHead(rest.toString('latin1', 0, end))
      rest = rest.subarray(end + 4)
      return true
    }
    const { status, headers } = head
    const hasNone = status < 200 || status === 204 || status === 304 || methods[answers.length] === 'HEAD'
    if (hasNone) finish(Buffer.alloc(0))
    else if (headers['transfer-encoding'] === 'chunked') return chunk()
    else if (headers['content-length'] !== undefined) {
      const length = Number(headers['content-length'])
      if (rest.length < length) return false
      const body = rest.subarray(0, length)
      rest = rest.subarray(length)
      finish(body)
    } else return false
    return true
  }
  const chunk = (): boolean => {
    const end = rest.indexOf('\r\n')
    if (end < 0) return false
    const size = rest.toString('latin1', 0, end)
    if (!/^[\da-f]+$/i.test(size)) throw new Violation(`chunk of size ${JSON.stringify(size.slice(0, 40))}`)
    const length = Number.parseInt(size, 16)
    if (rest.length < end + 4 + length) return false
    chunks.push(rest.subarray(end + 2, end + 2 + length))
    rest = rest.subarray(end + 4 + length)
    if (length === 0) finish(Buffer.concat(chunks))
    return true
  }
  return {
    answers,
    get waiting() {
      return rest.length + chunks.length
    },
    get isUpgraded() {
      return isUpgraded
    },
    get current() {
      return head === undefined ? undefined : { ...head, body: Buffer.concat(chunks) }
    },
    take(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      while (step());
    },
    end() {
      if (head === undefined || 'content-length' in head.headers || 'transfer-encoding' in head.headers) return
      finish(rest)
      rest = Buffer.alloc(0)
    },
  }
}

function parseHead(text: string): { status: number; headers: Record<string, string> } {
  const [line = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3}) [\t\x20-\x7e]*$/.exec(line)?.[1]
  if (status === undefined) throw new Violation(`the line of an answer: ${JSON.stringify(line.slice(0, 100))}`)
  const headers: Record<string, string> = Object.create(null)
  for (const each of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\da-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/i.exec(each) ?? []
    if (name === undefined) throw new Violation(`a header of an answer: ${JSON.stringify(each.slice(0, 100))}`)
    const key = name.toLowerCase()
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value!
  }
  return { status: Number(status), headers }
}
