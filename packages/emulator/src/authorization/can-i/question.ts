import type { UserInfo } from '../../authentication/user-info.ts'
import type { Attributes } from '../attributes.ts'
import type { KnownResource } from '../explain/known-resources.ts'
import { resolveResource } from './resource-argument.ts'

/** A question as it stands on the command line. */
export interface CanIQuestion {
  verb: string
  /** A resource, `RESOURCE/NAME`, or a URL path, which starts with a slash. */
  target: string
  name?: string
  subresource?: string
  /** '' asks about all namespaces. */
  namespace: string
  user: UserInfo
}

export interface ParsedQuestion {
  attributes: Attributes
  /** For standard error, as kubectl words them. */
  warnings: string[]
}

const resourceVerbs = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(' '),
)
const urlVerbs = new Set('get put post head options delete patch *'.split(' '))

/** Turns a question into what an authorizer is asked, as `kubectl auth can-i` does. */
export function parseQuestion(
  { verb, target, name, subresource = '', namespace, user }: CanIQuestion,
  resources: readonly KnownResource[],
): ParsedQuestion {
  const unknownVerb = (known: ReadonlySet<string>) => (known.has(verb) ? [] : [`verb '${verb}' is not a known verb`])
  if (target.startsWith('/')) {
    const nothing = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
    return { attributes: { user, verb, resourceRequest: false, path: target, ...nothing }, warnings: unknownVerb(urlVerbs) }
  }
  const slash = target.indexOf('/')
  const argument = slash < 0 ? target : target.slice(0, slash)
  const resolved = resolveResource(argument, resources)
  const { group, resource, known } = resolved
  const warnings = resolved.warning === undefined ? [] : [resolved.warning]
  if (namespace !== '') {
    if (known?.namespaced === false)
      warnings.push(`resource '${resource}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}`)
    warnings.push(...unknownVerb(resourceVerbs))
  }
  const asked = name ?? (slash < 0 ? '' : target.slice(slash + 1))
  return {
    attributes: { user, verb, resourceRequest: true, group, version: '*', resource, subresource, namespace, name: asked, path: '' },
    warnings,
  }
}
