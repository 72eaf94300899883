import type { UserInfo } from '../authentication/user-info.ts'
import type { RequestInfo } from '../endpoints/request-info.ts'
import type { FaultMatch, Words } from './fault.ts'

type Test = (info: RequestInfo, user: UserInfo) => boolean

/** Compiles selectors. */
export function compileMatch({ resource, subresource, ...rest }: FaultMatch = {}): Test {
  const tests: Test[] = []
  const add = (words: Words | undefined, take: (info: RequestInfo, user: UserInfo) => string) => {
    if (words === undefined) return
    const matches = compileWords(words)
    tests.push((info, user) => matches(take(info, user)))
  }
  add(rest.verb, ({ verb }) => verb)
  add(rest.apiGroup, ({ apiGroup }) => apiGroup)
  add(rest.namespace, ({ namespace }) => namespace)
  add(rest.name, ({ name }) => name)
  add(rest.user, (_, { name }) => name)
  add(rest.path, ({ path }) => path)
  add(subresource, (info) => info.subresource)
  add(resource, (info) => (subresource !== undefined || info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`))
  // A path such as /healthz has no group, no namespace and no name rather than empty ones.
  const ofResources = [resource, subresource, rest.apiGroup, rest.namespace, rest.name].some((words) => words !== undefined)
  if (ofResources) tests.unshift((info) => info.isResourceRequest)
  return (info, user) => tests.every((test) => test(info, user))
}

function compileWords(words: Words): (text: string) => boolean {
  const patterns = [words].flat().map((word) => {
    const escaped = word.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${escaped.join('.*')}$`, 's')
  })
  return (text) => patterns.some((pattern) => pattern.test(text))
}
