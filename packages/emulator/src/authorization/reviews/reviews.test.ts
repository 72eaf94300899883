import { describe, expect, test } from 'vitest'
import { StatusError } from '../../apimachinery/status-error.ts'
import type { Attributes } from '../attributes.ts'
import type { RulesAuthorizer } from '../rbac/authorizer.ts'
import { reviews } from './index.ts'

const user = { name: 'bot', uid: 'u', groups: ['g'], extra: {} }
let asked: Attributes | undefined
const authorizer: RulesAuthorizer = {
  authorize(attributes) {
    asked = attributes
    return attributes.verb === 'list' ? { verdict: 'allow', reason: 'because' } : { verdict: 'noOpinion', reason: '' }
  },
  rulesFor: () => ({ resourceRules: [], nonResourceRules: [], incomplete: false }),
}

function review(resource: string, spec: object | undefined, namespace = '', metadata: object = {}) {
  const group = resource === 'selfsubjectreviews' ? 'authentication.k8s.io' : 'authorization.k8s.io'
  const object = { apiVersion: `${group}/v1`, kind: 'K', metadata, ...(spec === undefined ? {} : { spec }) }
  try {
    return reviews[`${group}/${resource}`]!({ object, user, namespace, authorizer, clock: { now: () => 0 } })
  } catch (error) {
    if (error instanceof StatusError) return error.message
    throw error
  }
}
const list = { verb: 'list', resource: 'pods', namespace: 'ns' }
const prefix = '.authorization.k8s.io "" is invalid: '

describe('self subject access review', () => {
  test('answers about the one who asks, and repeats the question', () => {
    expect(review('selfsubjectaccessreviews', { resourceAttributes: list })).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'K',
      metadata: {},
      spec: { resourceAttributes: list },
      status: { allowed: true, reason: 'because' },
    })
    expect(asked).toMatchObject({ user, version: '*', resourceRequest: true })
    expect(review('selfsubjectaccessreviews', { nonResourceAttributes: { path: '/x', verb: 'get' } })).toMatchObject({
      status: { allowed: false },
    })
  })

  test.each<[object | undefined, string]>([
    [
      undefined,
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      { resourceAttributes: list, nonResourceAttributes: { path: '/x', verb: 'get' } },
      'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in combination with resourceAttributes',
    ],
    [
      { resourceAttributes: { ...list, labelSelector: {} } },
      'spec.resourceAttributes.labelSelector.requirements: Required value: when spec.resourceAttributes.labelSelector is specified, requirements or rawSelector is required',
    ],
    [
      {
        resourceAttributes: { ...list, fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      },
      'spec.resourceAttributes.fieldSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements',
    ],
    [
      { resourceAttributes: { ...list, labelSelector: { requirements: [{ key: 'a', operator: 'Exists', values: ['b'] }] } } },
      "spec.resourceAttributes.labelSelector.requirements[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ])('refuses %j', (spec, error) => {
    expect(review('selfsubjectaccessreviews', spec)).toBe(prefix + error)
  })

  test('selectors reach the authorizer; what cannot be read is told', () => {
    const ask = (selectors: object) => review('selfsubjectaccessreviews', { resourceAttributes: { ...list, ...selectors } })
    ask({ fieldSelector: { rawSelector: 'spec.nodeName=n1' } })
    expect(asked?.fieldSelector).toEqual([{ key: 'spec.nodeName', operator: 'In', values: ['n1'] }])
    expect(ask({ labelSelector: { rawSelector: 'a in (' } })).toMatchObject({
      status: { evaluationError: 'spec.resourceAttributes.labelSelector ignored due to parse error' },
    })
    const requirements = [
      { key: 'a', operator: 'Near' },
      { key: 'b', operator: 'In', values: ['c'] },
    ]
    expect(ask({ fieldSelector: { requirements }, labelSelector: { requirements } })).toMatchObject({
      status: {
        evaluationError:
          'spec.resourceAttributes.fieldSelector partially ignored due to parse error; spec.resourceAttributes.labelSelector partially ignored due to parse error',
      },
    })
  })
})

test('subject access review is about the named user alone', () => {
  expect(review('subjectaccessreviews', { user: 'x', resourceAttributes: list })).toMatchObject({ status: { allowed: true } })
  expect(asked?.user).toEqual({ name: 'x', uid: '', groups: [], extra: {} })
  expect(review('subjectaccessreviews', {})).toBe(
    `${prefix}[spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]`,
  )
})

test('local subject access review is about its namespace', () => {
  const local = (attributes: object, metadata = {}) => review('localsubjectaccessreviews', { user: 'x', ...attributes }, 'ns', metadata)
  expect(local({ resourceAttributes: list })).toMatchObject({ metadata: { namespace: 'ns' } })
  expect(local({ resourceAttributes: { ...list, namespace: 'other' } })).toBe(
    `${prefix}spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace`,
  )
  expect(local({ resourceAttributes: list }, { namespace: 'other' })).toBe(
    'the namespace of the provided object does not match the namespace sent on the request',
  )
  expect(local({ nonResourceAttributes: { path: '/x', verb: 'get' } })).toBe(
    `${prefix}spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: disallowed on this kind of request`,
  )
})

test('self reviews', () => {
  expect(review('selfsubjectrulesreviews', {})).toBe('no namespace on request')
  expect(review('selfsubjectrulesreviews', { namespace: 'ns' })).toMatchObject({
    spec: {},
    status: { resourceRules: [], incomplete: false },
  })
  expect(review('selfsubjectreviews', undefined)).toMatchObject({
    metadata: { creationTimestamp: '1970-01-01T00:00:00Z' },
    status: { userInfo: { username: 'bot', uid: 'u', groups: ['g'] } },
  })
})
