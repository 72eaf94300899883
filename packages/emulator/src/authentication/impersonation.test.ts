import { describe, expect, test } from 'vitest'
import { StatusError } from '../apimachinery/status-error.ts'
import type { Attributes, Authorizer } from '../authorization/attributes.ts'
import { createImpersonation, type ImpersonatedUser } from './impersonation.ts'
import type { HeaderValues } from './impersonation-headers.ts'
import type { UserInfo } from './user-info.ts'

const requestor: UserInfo = { name: 'system:serviceaccount:ns:bot', uid: '', groups: ['system:authenticated'], extra: {} }
const list: Attributes = {
  user: requestor,
  verb: 'list',
  resourceRequest: true,
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'ns',
  name: '',
  path: '',
}

/** Allows `verb resource[/subresource] [name]`, as many as are named. */
function allowing(...rights: string[]): Authorizer & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    authorize: ({ verb, resource, subresource, name }) => {
      const what = `${verb} ${subresource === '' ? resource : `${resource}/${subresource}`}`
      asked.push(`${what} ${name}`.trim())
      return { verdict: rights.includes(what) || rights.includes(`${what} ${name}`) ? 'allow' : 'noOpinion', reason: '' }
    },
  }
}

const headers = (user: string, more: HeaderValues = {}): HeaderValues => ({ 'impersonate-user': [user], ...more })
const legacy = [
  'impersonate users',
  'impersonate groups',
  'impersonate serviceaccounts',
  'impersonate uids',
  'impersonate userextras/scopes',
]
const resolve = (wanted: HeaderValues, authorizer: Authorizer = allowing(...legacy), attributes = list) =>
  createImpersonation(authorizer).resolve(wanted, attributes)
const userOf = (result: ReturnType<typeof resolve>) => (result as ImpersonatedUser).user
const messageOf = (result: ReturnType<typeof resolve>) => (result as StatusError).message

describe('headers', () => {
  test('none: no impersonation', () => {
    expect(resolve({ 'impersonate-foo': ['x'] })).toBeUndefined()
    expect(resolve(headers(''))).toBeUndefined()
  })

  test.each<[HeaderValues, string]>([
    [{ 'impersonate-uid': ['u'] }, 'Name:"", UID:"u", Groups:[]string(nil), Extra:map[string][]string(nil)'],
    [{ 'impersonate-group': ['g1', 'g2'] }, 'Name:"", UID:"", Groups:[]string{"g1", "g2"}, Extra:map[string][]string(nil)'],
    [{ 'impersonate-extra-a': ['v'] }, 'Name:"", UID:"", Groups:[]string(nil), Extra:map[string][]string{"a":[]string{"v"}}'],
  ])('parts without a user are a bad request', (given, shown) => {
    const error = resolve(given) as StatusError
    expect(error.code).toBe(400)
    expect(error.message).toBe(`requested &user.DefaultInfo{${shown}} without impersonating a user name`)
  })

  test('keys of extras are unescaped', () => {
    const all = { authorize: () => ({ verdict: 'allow', reason: '' }) } as Authorizer
    expect(userOf(resolve(headers('alice', { 'impersonate-extra-acme.example%2fproject': ['p%20q'] }), all)).extra).toEqual({
      'acme.example/project': ['p%20q'],
    })
  })
})

describe('groups', () => {
  test.each<[HeaderValues, readonly string[]]>([
    [headers('alice'), ['system:authenticated']],
    [headers('alice', { 'impersonate-group': ['b', 'a', 'b'] }), ['b', 'a', 'b', 'system:authenticated']],
    [headers('alice', { 'impersonate-group': ['system:authenticated', 'x'] }), ['system:authenticated', 'x']],
    [headers('alice', { 'impersonate-group': ['system:unauthenticated'] }), ['system:unauthenticated']],
    [headers('system:anonymous'), ['system:unauthenticated']],
    [headers('system:serviceaccount:ns:sa'), ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated']],
    [headers('system:serviceaccount:ns:sa', { 'impersonate-group': ['g'] }), ['g', 'system:authenticated']],
    [headers('system:serviceaccount:ns'), ['system:authenticated']],
    [headers('system:node:n1'), ['system:authenticated']],
  ])('%j', (given, groups) => {
    expect(userOf(resolve(given)).groups).toEqual(groups)
  })
})

describe('denials', () => {
  const who = 'User "system:serviceaccount:ns:bot" cannot'
  test('of a first attempt are those of the constrained mode', () => {
    expect(messageOf(resolve(headers('alice'), allowing()))).toBe(
      `pods is forbidden: ${who} impersonate-on:user-info:list resource "pods" in API group "" in the namespace "ns"`,
    )
    expect(messageOf(resolve(headers('system:node:n1'), allowing()))).toContain('impersonate-on:arbitrary-node:list')
    expect(messageOf(resolve(headers('system:serviceaccount:ns:x'), allowing()))).toContain('impersonate-on:serviceaccount:list')
    expect(messageOf(resolve(headers('system:serviceaccount:ns:x', { 'impersonate-group': ['g'] }), allowing()))).toBe(
      `serviceaccounts "x" is forbidden: ${who} impersonate resource "serviceaccounts" in API group "" in the namespace "ns"`,
    )
  })

  test('after a success are those of the mode that succeeded', () => {
    const impersonation = createImpersonation(allowing('impersonate users'))
    expect(impersonation.resolve(headers('alice'), list)).toMatchObject({ constraint: '' })
    expect(messageOf(impersonation.resolve(headers('alice', { 'impersonate-group': ['g'] }), list))).toBe(
      `groups "g" is forbidden: ${who} impersonate resource "groups" in API group "" at the cluster scope`,
    )
  })

  test('of the constrained mode name its own API group', () => {
    const rights = ['impersonate-on:user-info:list pods', 'impersonate:user-info users alice']
    expect(resolve(headers('alice'), allowing(...rights))).toMatchObject({ constraint: 'impersonate:user-info' })
    expect(messageOf(resolve(headers('bob'), allowing(...rights)))).toBe(
      `users.authentication.k8s.io "bob" is forbidden: ${who} impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope`,
    )
    expect(messageOf(resolve(headers('alice', { 'impersonate-group': ['system:masters'] }), allowing(...rights)))).toBe(
      `groups.authentication.k8s.io "system:masters" is forbidden: ${who} impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed`,
    )
    expect(messageOf(resolve(headers('alice', { 'impersonate-extra-scopes': ['v'] }), allowing(...rights)))).toContain(
      'impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "scopes": must be a domain-prefixed path (such as "acme.io/foo")',
    )
  })
})

test('many groups are asked for at once', () => {
  const authorizer = allowing('impersonate-on:user-info:list pods', 'impersonate:user-info users', 'impersonate:user-info groups *')
  const groups = ['a', 'b', 'c', 'd']
  expect(userOf(resolve(headers('alice', { 'impersonate-group': groups }), authorizer)).groups).toEqual([...groups, 'system:authenticated'])
})

test('a service account on a node may be that node', () => {
  const authorizer = allowing('impersonate-on:associated-node:list pods', 'impersonate:associated-node nodes *')
  const user = { ...requestor, extra: { 'authentication.kubernetes.io/node-name': ['n1'] } }
  const result = resolve(headers('system:node:n1'), authorizer, { ...list, user })
  expect(result).toMatchObject({ constraint: 'impersonate:associated-node', user: { groups: ['system:nodes', 'system:authenticated'] } })
  expect(resolve(headers('system:node:n2'), authorizer, { ...list, user })).toBeInstanceOf(StatusError)
})
