import { nameIsDNSLabel, nameIsDNSSubdomain } from '../apimachinery/validation/index.ts'

/** The namespace and name in `system:serviceaccount:NAMESPACE:NAME`; undefined for any other user name. */
export function splitServiceAccountUserName(userName: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]*):([^:]*)$/.exec(userName) ?? []
  if (namespace === undefined || name === undefined) return undefined
  return nameIsDNSLabel(namespace, false).length > 0 || nameIsDNSSubdomain(name, false).length > 0 ? undefined : { namespace, name }
}

const nodePrefix = 'system:node:'

/** The node's name in `system:node:NAME`; undefined for any other user name. */
export function splitNodeUserName(userName: string): string | undefined {
  if (!userName.startsWith(nodePrefix)) return undefined
  const name = userName.slice(nodePrefix.length)
  return nameIsDNSSubdomain(name, false).length > 0 ? undefined : name
}
