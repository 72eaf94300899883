/** Asks who may do what (apiserver, cel/library/authz.go). Only expressions that have an `authorizer` can get at it. */
import { nameIsDNSLabel, nameIsDNSSubdomain } from '../../validation/index.ts'
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import type { CelOpaque } from '../values.ts'

export interface AccessQuestion {
  verb: string
  /** Of a question that is about no resource. */
  path: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
}

export interface AccessAnswer {
  allowed: boolean
  reason: string
  error?: string
}

/** What `authorizer` stands for: somebody's rights. */
export interface AccessSubject {
  check(question: AccessQuestion): AccessAnswer
  serviceAccount(namespace: string, name: string): AccessSubject
}

interface Asking {
  subject: AccessSubject
  question: Omit<AccessQuestion, 'verb'>
}

const prefix = 'kubernetes.authorization.'
const opaque = (type: string, data: unknown): CelOpaque => ({ tag: 'opaque', type: prefix + type, data })
const nothing = { path: '', group: '', resource: '', subresource: '', namespace: '', name: '' }

export const authorizerValue = (subject: AccessSubject): CelOpaque => opaque('Authorizer', subject)
export const resourceCheckValue = (subject: AccessSubject, question: Partial<AccessQuestion>): CelOpaque =>
  opaque('ResourceCheck', { subject, question: { ...nothing, ...question } } satisfies Asking)

const subjectOf = ({ data }: CelOpaque) => data as AccessSubject
const answerOf = ({ data }: CelOpaque) => data as AccessAnswer

function narrowed({ data }: CelOpaque, more: Partial<AccessQuestion>): CelOpaque {
  const { subject, question } = data as Asking
  return resourceCheckValue(subject, { ...question, ...more })
}

function ask({ data }: CelOpaque, verb: string): CelOpaque {
  const { subject, question } = data as Asking
  return opaque('Decision', subject.check({ ...question, verb }))
}

function notEmpty(text: string, what: string): string {
  if (text === '') throw new CelError(`${what} must not be empty`)
  return text
}

function serviceAccount(authorizer: CelOpaque, namespace: string, name: string): CelOpaque {
  if (nameIsDNSSubdomain(name, false).length > 0) throw new CelError('Invalid service account name')
  if (nameIsDNSLabel(namespace, false).length > 0) throw new CelError('Invalid service account namespace')
  return authorizerValue(subjectOf(authorizer).serviceAccount(namespace, name))
}

export const authorization: readonly OverloadRow[] = [
  ['jsonpatch_escapeKey_string', 'jsonpatch.escapeKey(string): string', (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')],
  [
    'authorizer_path',
    'Authorizer::path(string): PathCheck',
    (authorizer: CelOpaque, path: string) =>
      opaque('PathCheck', { subject: subjectOf(authorizer), question: { ...nothing, path: notEmpty(path, 'path') } }),
  ],
  [
    'authorizer_group',
    'Authorizer::group(string): GroupCheck',
    (authorizer: CelOpaque, group: string) => opaque('GroupCheck', { subject: subjectOf(authorizer), question: { ...nothing, group } }),
  ],
  ['authorizer_serviceaccount', 'Authorizer::serviceAccount(string, string): Authorizer', serviceAccount],
  ['pathcheck_check', 'PathCheck::check(string): Decision', ask],
  [
    'groupcheck_resource',
    'GroupCheck::resource(string): ResourceCheck',
    (check: CelOpaque, resource: string) => narrowed(check, { resource: notEmpty(resource, 'resource') }),
  ],
  ['resourcecheck_fieldselector', 'ResourceCheck::fieldSelector(string): ResourceCheck', (check: CelOpaque) => check],
  ['resourcecheck_labelselector', 'ResourceCheck::labelSelector(string): ResourceCheck', (check: CelOpaque) => check],
  [
    'resourcecheck_subresource',
    'ResourceCheck::subresource(string): ResourceCheck',
    (check: CelOpaque, subresource: string) => narrowed(check, { subresource }),
  ],
  [
    'resourcecheck_namespace',
    'ResourceCheck::namespace(string): ResourceCheck',
    (check: CelOpaque, namespace: string) => narrowed(check, { namespace }),
  ],
  ['resourcecheck_name', 'ResourceCheck::name(string): ResourceCheck', (check: CelOpaque, name: string) => narrowed(check, { name })],
  ['resourcecheck_check', 'ResourceCheck::check(string): Decision', ask],
  ['decision_errored', 'Decision::errored(): bool', (decision: CelOpaque) => answerOf(decision).error !== undefined],
  ['decision_error', 'Decision::error(): string', (decision: CelOpaque) => answerOf(decision).error ?? ''],
  ['decision_allowed', 'Decision::allowed(): bool', (decision: CelOpaque) => answerOf(decision).allowed],
  ['decision_reason', 'Decision::reason(): string', (decision: CelOpaque) => answerOf(decision).reason],
]
