import type { UserInfo } from '../../authentication/user-info.ts'
import { type RequestInfo, readRequestInfo } from '../../endpoints/request-info.ts'
import { compileMatch } from '../../faults/match.ts'
import type { AuditEvent } from '../../recording/audit-event.ts'
import type { RequestPattern } from './scenario.ts'

/** A request that the program made. */
export interface ObservedCall {
  info: RequestInfo
  user: UserInfo
  status: number
  isDenied: boolean
}

/** What came of a scenario. */
export interface Observation {
  exitCode: number
  /** Why it was ended before its time, such as `took too long`. */
  endedFor: string | undefined
  stdout: string
  stderr: string
  calls: ObservedCall[]
  /** The object at the place of a pattern; undefined if there is none. */
  object(pattern: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } }): unknown
}

/** Each request once, though a watch has two events. */
export function callsOf(events: readonly AuditEvent[]): ObservedCall[] {
  const last = new Map<string, AuditEvent>()
  for (const event of events) last.set(event.auditID, event)
  return [...last.values()].map(({ verb, requestURI, user, impersonatedUser, responseStatus, annotations, objectRef }) => {
    const info = readRequestInfo('GET', requestURI)
    const { username: name = '', uid = '', groups = [], extra = {} } = impersonatedUser ?? user
    return {
      info: { ...info, verb, name: info.name || (objectRef?.name ?? '') },
      user: { name, uid, groups, extra },
      status: responseStatus.code,
      isDenied: annotations?.['authorization.k8s.io/decision'] === 'forbid',
    }
  })
}

export function matchingCalls(pattern: RequestPattern, calls: readonly ObservedCall[]): ObservedCall[] {
  const { status, count: _, ...match } = pattern
  const matches = compileMatch(match)
  return calls.filter((call) => (status === undefined || status === call.status) && matches(call.info, call.user))
}

/** A pattern that a request alone matches, as a person would write it. */
export function patternOf({ info }: ObservedCall): RequestPattern {
  if (!info.isResourceRequest) return { verb: info.verb, path: info.path }
  const { verb, apiGroup, resource, subresource, namespace, name } = info
  return {
    verb,
    ...(apiGroup === '' ? {} : { apiGroup }),
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  }
}

/** As `list pods in team-a: 403`. */
export function formatCall(call: ObservedCall): string {
  const { info, status } = call
  if (!info.isResourceRequest) return `${info.verb} ${info.path}: ${status}`
  const resource = `${info.resource}${info.apiGroup === '' ? '' : `.${info.apiGroup}`}${info.subresource === '' ? '' : `/${info.subresource}`}`
  const name = info.name === '' ? '' : ` ${info.name}`
  return `${info.verb} ${resource}${name}${info.namespace === '' ? '' : ` in ${info.namespace}`}: ${status}`
}

/** As `verb=list resource=pods`. */
export const formatPattern = (pattern: object): string =>
  Object.entries(pattern)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
