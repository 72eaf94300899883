import type { Clock } from '../apimachinery/clock.ts'
import type { ObservedRequest } from '../server/handler.ts'
import { type AuditEvent, type AuditRecord, stepsOf } from './audit-event.ts'

/** The requests that an emulator was sent, as audit.k8s.io/v1 has them. Its own, such as those that apply manifests, are not among them. */
export interface AuditLog {
  /**
   * In the order of their time, with one event a request; a watch has two, the second when it ends. Kept are those of the
   * last requests, as many as `auditLimit` says.
   */
  events(): AuditEvent[]
  /** Forgets the requests so far. */
  clear(): void
}

export interface AuditRecorder extends AuditLog {
  observe(seen: ObservedRequest): void
  /** What goes on ends now. */
  end(): void
}

export interface AuditLogOptions {
  /** How many requests are kept. */
  auditLimit?: number | undefined
  /** Told of each event as it comes. */
  onAudit?: ((event: AuditEvent) => void) | undefined
}

/** Requests that are kept, if nobody says how many. */
const defaultAuditLimit = 10_000
/** Characters within which a Status says that it is one, in whichever form. */
const statusBegins = 64
/** Longer ones, with thousands of causes, are told by their code alone. */
const maxStatusLength = 64 * 1024

/** Keeps what is needed to make events of requests, which is done when somebody asks. */
export function createAuditLog(clock: Clock, { auditLimit = defaultAuditLimit, onAudit }: AuditLogOptions = {}): AuditRecorder {
  let records: AuditRecord[] = []
  /** Where the oldest of a full ring stands. */
  let oldest = 0
  const begun = clock.now()
  const since = () => clock.now() - begun
  const record = recorder(begun)
  const open = new Set<() => void>()
  const add = (record: AuditRecord) => {
    if (auditLimit === 0) return
    if (records.length < auditLimit) {
      records.push(record)
      return
    }
    records[oldest] = record
    oldest = (oldest + 1) % auditLimit
  }
  return {
    observe(seen) {
      if (seen.request.own || (auditLimit === 0 && onAudit === undefined)) return
      const made = record(seen, since())
      const tell = onAudit === undefined ? undefined : newSteps(made, begun, onAudit)
      if (made.ended === undefined) {
        const end = () => {
          if (!open.delete(end)) return
          made.ended = since()
          tell?.()
        }
        open.add(end)
        onStreamEnd(seen, end)
      }
      add(made)
      tell?.()
    },
    events() {
      const inOrder = [...records.slice(oldest), ...records.slice(0, oldest)]
      const steps = inOrder.flatMap((each) => stepsOf(each, begun))
      return steps.sort((a, b) => a.time - b.time).map((step) => step.event())
    },
    end() {
      for (const end of [...open]) end()
    },
    clear() {
      records = []
      oldest = 0
    },
  }
}

/** Makes records. Clients say the same of themselves again and again, which is kept once. */
function recorder(begun: number): (seen: ObservedRequest, now: number) => AuditRecord {
  let lastAgent: string | undefined
  return ({ auditId, request, received, info, sender, user, decision, sent, response }, now) => {
    const { method, url, headers, remoteAddress } = request
    if (headers['user-agent'] !== lastAgent) lastAgent = headers['user-agent']
    return {
      auditId,
      method,
      url,
      sender,
      user,
      decision,
      sent,
      userAgent: lastAgent,
      remoteAddress,
      forwardedFor: headers['x-forwarded-for'],
      realIp: headers['x-real-ip'],
      status: response.status,
      answer: response.status >= 400 || info.verb === 'delete' || info.subresource !== '' ? answerOf(response) : undefined,
      received: received - begun,
      answered: now,
      ended: response.stream === undefined ? now : undefined,
    }
  }
}

/** A Status, as text; other objects need not be kept. */
function answerOf({ body, headers }: ObservedRequest['response']): AuditRecord['answer'] {
  if (typeof body !== 'string' || body.length > maxStatusLength || !/"?kind"?: ?"?Status\b/.test(body.slice(0, statusBegins)))
    return undefined
  return { body, contentType: String(headers['content-type']) }
}

function onStreamEnd({ response }: ObservedRequest, listener: () => void): void {
  const { stream } = response
  response.stream = (sink) => {
    sink.onClose(listener)
    stream!(sink)
  }
}

/** Tells of the stages that have come since it was last called. */
function newSteps(record: AuditRecord, begun: number, onEvent: (event: AuditEvent) => void): () => void {
  let told = 0
  return () => {
    const steps = stepsOf(record, begun)
    for (const step of steps.slice(told)) onEvent(step.event())
    told = steps.length
  }
}
