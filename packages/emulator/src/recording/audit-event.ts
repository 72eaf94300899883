import type { Status } from '../apimachinery/status-error.ts'
import { formatMicroTime } from '../apimachinery/time.ts'
import { parseYamlBody } from '../apimachinery/yaml.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { Decision } from '../authorization/attributes.ts'
import { type RequestInfo, readRequestInfo } from '../endpoints/request-info.ts'
import type { SentObject } from '../endpoints/scope.ts'

/** `ResponseStarted` is of requests that go on, such as watches, and of those with wrong credentials; all others only complete. */
export type AuditStage = 'ResponseStarted' | 'ResponseComplete'

export interface AuditUser {
  username?: string
  uid?: string
  groups?: string[]
  extra?: Record<string, string[]>
}

export interface AuditObjectReference {
  resource: string
  namespace?: string
  /** Of the path, or else of the body. A name that the server makes up is not told. */
  name?: string
  /** As the body has it. */
  uid?: string
  apiGroup?: string
  apiVersion?: string
  /** As the body has it. */
  resourceVersion?: string
  subresource?: string
}

/** An `Event` of audit.k8s.io/v1 of the level `Metadata`: a request and what became of it. */
export interface AuditEvent {
  kind: 'Event'
  apiVersion: 'audit.k8s.io/v1'
  level: 'Metadata'
  /** The same for all stages of a request. */
  auditID: string
  stage: AuditStage
  requestURI: string
  /** Of the API, such as `list`; in lower case that of HTTP where the path is of no resource. */
  verb: string
  /** Whose credentials came with the request; `{}` if they are wrong. */
  user: AuditUser
  impersonatedUser?: AuditUser
  sourceIPs?: string[]
  userAgent?: string
  objectRef?: AuditObjectReference
  responseStatus: Pick<Status, 'metadata' | 'message' | 'reason' | 'details'> & { status?: 'Success' | 'Failure'; code: number }
  requestReceivedTimestamp: string
  stageTimestamp: string
  /** `authorization.k8s.io/decision` (`allow` or `forbid`) and `authorization.k8s.io/reason`, if the request got as far. */
  annotations?: Record<string, string>
}

/** What an event is made of, as little as will do. Times are milliseconds since `begun`. */
export interface AuditRecord {
  readonly auditId: string
  readonly method: string
  readonly url: string
  readonly sender: UserInfo | undefined
  readonly user: UserInfo | undefined
  readonly decision: Decision | undefined
  readonly sent: SentObject | undefined
  readonly userAgent: string | undefined
  readonly remoteAddress: string
  /** Of X-Forwarded-For and X-Real-Ip. */
  readonly forwardedFor: string | undefined
  readonly realIp: string | undefined
  readonly status: number
  /** Of an answer that may be a Status. */
  readonly answer: { body: string; contentType: string } | undefined
  readonly received: number
  readonly answered: number
  /** Undefined while the answer goes on. */
  ended: number | undefined
}

const longRunning = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

export interface AuditStep {
  stage: AuditStage
  /** Milliseconds since 1970. */
  time: number
  event(): AuditEvent
}

/** The stages that a request has gone through so far. */
export function stepsOf(record: AuditRecord, begun: number): AuditStep[] {
  const info = readRequestInfo(record.method, record.url)
  const step = (stage: AuditStage, since: number): AuditStep => {
    const time = begun + since
    return { stage, time, event: () => auditEvent(record, info, { stage, time, received: begun + record.received }) }
  }
  const { sender, answered, ended, status } = record
  // The real server has no more to say of these.
  if (sender === undefined && status === 401) return [step('ResponseStarted', answered)]
  const goesOn = info.verb === 'watch' || info.verb === 'proxy' || longRunning.has(info.subresource)
  return [...(goesOn ? [step('ResponseStarted', answered)] : []), ...(ended === undefined ? [] : [step('ResponseComplete', ended)])]
}

/** Fields in the order of the API server's. */
function auditEvent(record: AuditRecord, info: RequestInfo, at: { stage: AuditStage; time: number; received: number }): AuditEvent {
  const { auditId, url, sender, user, userAgent, decision } = record
  const reference = info.isResourceRequest ? objectReference(record, info) : undefined
  const sourceIPs = sourcesOf(record)
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: auditId,
    stage: at.stage,
    requestURI: url,
    verb: info.verb,
    user: sender === undefined ? {} : auditUser(sender),
    ...(user === undefined || user === sender ? {} : { impersonatedUser: auditUser(user) }),
    ...(sourceIPs.length === 0 ? {} : { sourceIPs }),
    ...(userAgent ? { userAgent } : {}),
    ...(reference === undefined ? {} : { objectRef: reference }),
    responseStatus: responseStatus(record),
    requestReceivedTimestamp: formatMicroTime(at.received),
    stageTimestamp: formatMicroTime(at.time),
    ...(decision === undefined ? {} : { annotations: annotationsOf(decision) }),
  }
}

const annotationsOf = ({ verdict, reason }: Decision) => ({
  'authorization.k8s.io/decision': verdict === 'allow' ? 'allow' : 'forbid',
  'authorization.k8s.io/reason': reason,
})

function auditUser({ name, uid, groups, extra }: UserInfo): AuditUser {
  const extras = Object.entries(extra)
  return {
    ...(name === '' ? {} : { username: name }),
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(extras.length === 0 ? {} : { extra: Object.fromEntries(extras.map(([key, values]) => [key, [...values]])) }),
  }
}

function objectReference({ sent }: AuditRecord, info: RequestInfo): AuditObjectReference {
  const { resource, namespace, apiGroup, apiVersion, subresource } = info
  const name = info.name || sent?.name
  return {
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(sent?.uid ? { uid: sent.uid } : {}),
    ...(apiGroup ? { apiGroup } : {}),
    ...(apiVersion ? { apiVersion } : {}),
    ...(sent?.resourceVersion ? { resourceVersion: sent.resourceVersion } : {}),
    ...(subresource ? { subresource } : {}),
  }
}

/** As proxies on the way tell them, the client first (apimachinery, net.SourceIPs). */
function sourcesOf({ remoteAddress, forwardedFor, realIp }: AuditRecord): string[] {
  const sources = (forwardedFor ?? '').split(',').map((each) => each.trim())
  return [...new Set([...sources, realIp?.trim() ?? '', remoteAddress])].filter((each) => each !== '')
}

function responseStatus({ status: code, answer }: AuditRecord): AuditEvent['responseStatus'] {
  const { status, message, reason, details } = (answer === undefined ? undefined : statusOf(answer)) ?? {}
  return {
    metadata: {},
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}

function statusOf({ body, contentType }: NonNullable<AuditRecord['answer']>): Partial<Status> | undefined {
  try {
    const parsed = contentType.startsWith('application/yaml') ? parseYamlBody(body).value : JSON.parse(body)
    return (parsed as Partial<Status>).kind === 'Status' ? (parsed as Partial<Status>) : undefined
  } catch {
    // A text, as for a path that leads nowhere.
    return undefined
  }
}
