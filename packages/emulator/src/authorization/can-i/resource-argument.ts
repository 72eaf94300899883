import type { KnownResource } from '../explain/known-resources.ts'

/** The resource that an argument such as `deploy`, `deployments.apps` or `deployments.v1.apps` stands for. */
export interface ResourceArgument {
  group: string
  resource: string
  /** Undefined for what the server does not have. */
  known: KnownResource | undefined
  /** What kubectl says on standard error about it. */
  warning: string | undefined
}

/** Names that the server authorizes, yet does not list. */
const virtualResources = new Set(['users', 'groups'])

/** Resolves a resource as kubectl does: a plural, singular, kind or short name, with or without version and group (or its beginning). */
export function resolveResource(argument: string, resources: readonly KnownResource[]): ResourceArgument {
  if (argument === '*') return { group: '', resource: '*', known: undefined, warning: undefined }
  const lower = argument.toLowerCase()
  const [name = '', version, group] = splitAtMost(lower, '.', 3)
  const [, rest = ''] = splitAtMost(lower, '.', 2)
  const exact = group === undefined ? undefined : find(resources, name, group, version)
  const known = exact ?? find(resources, name, rest)
  if (known !== undefined) return { group: known.group, resource: known.resource, known, warning: undefined }
  const where = rest === '' ? '' : ` in group '${rest}'`
  const warning = virtualResources.has(lower) ? undefined : `the server doesn't have a resource type '${name}'${where}`
  return { group: '', resource: argument, known: undefined, warning }
}

function find(resources: readonly KnownResource[], name: string, group: string, version?: string): KnownResource | undefined {
  const inVersion = resources.filter((known) => version === undefined || known.version === version)
  const named = inVersion.filter((known) => isNamed(known, name))
  const found = named.length > 0 ? named : inVersion.filter(({ shortNames }) => shortNames.includes(name))
  if (group === '') return found[0]
  return found.find((known) => known.group === group) ?? found.find((known) => known.group.startsWith(group))
}

const isNamed = ({ resource, singular, kind }: KnownResource, name: string) => [resource, singular, kind.toLowerCase()].includes(name)

function splitAtMost(text: string, separator: string, count: number): string[] {
  const parts = text.split(separator)
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)]
}
