import type { Attributes } from '../attributes.ts'

/** What a denial's message tells of the request. */
export type DeniedRequest = Omit<Attributes, 'user'> & { userName: string }

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const resourceDenial = new RegExp(
  `User ${quoted} cannot (\\S+) resource ${quoted} in API group ${quoted} (?:in the namespace ${quoted}|at the cluster scope)`,
)
const urlDenial = new RegExp(`User ${quoted} cannot (\\S+) path ${quoted}`)
const objectName = new RegExp(`\\S+ ${quoted} is forbidden: User `)

/** Reads the message of a 403, wherever in the text it stands; undefined if there is none. */
export function parseDenial(text: string): DeniedRequest | undefined {
  // Logs and JSON escape the quotes of a message.
  const plain = /cannot \S+ (resource|path) \\"/.test(text) ? text.replaceAll('\\"', '"') : text
  const resource = resourceDenial.exec(plain)
  const name = unquote(objectName.exec(plain)?.[1] ?? '')
  if (resource !== null) {
    const [userName, verb, full, group, namespace] = resource.slice(1).map((part) => unquote(part ?? ''))
    const slash = full!.indexOf('/')
    const [parent, subresource] = slash < 0 ? [full!, ''] : [full!.slice(0, slash), full!.slice(slash + 1)]
    return {
      ...{ userName: userName!, verb: verb!, resourceRequest: true, group: group!, version: '*', resource: parent, subresource },
      ...{ namespace: namespace!, name, path: '' },
    }
  }
  const url = urlDenial.exec(plain)
  if (url === null) return undefined
  const [userName, verb, path] = url.slice(1).map((part) => unquote(part ?? ''))
  const nothing = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
  return { userName: userName!, verb: verb!, resourceRequest: false, path: path!, ...nothing }
}

const unquote = (text: string) => text.replace(/\\(["\\])/g, '$1')
