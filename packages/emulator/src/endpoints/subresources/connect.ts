import { deepCopy, deepEqual } from '../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { admissionAttributes } from '../handlers/create.ts'
import type { RequestScope } from '../scope.ts'

type Options = Record<string, unknown>

interface Connection {
  kind: string
  options(scope: RequestScope): Options
}

const streams = ['stdin', 'stdout', 'stderr', 'tty']

const proxy = (kind: string): Connection => ({
  kind,
  options: ({ request }) => {
    const { rest } = splitProxyPath(request.url)
    return rest === '' ? {} : { path: decodeURIComponent(rest) }
  },
})

/** What a request connects to, by `/RESOURCE/SUBRESOURCE`, and the options that its query stands for. */
const connections: Readonly<Record<string, Connection>> = {
  '/pods/exec': {
    kind: 'PodExecOptions',
    options: ({ query }) => {
      const command = query.getAll('command')
      return { ...containerOptions(query), command: command.length === 0 ? null : command }
    },
  },
  '/pods/attach': { kind: 'PodAttachOptions', options: ({ query }) => containerOptions(query) },
  '/pods/portforward': {
    kind: 'PodPortForwardOptions',
    options: ({ query }) => {
      const ports = portsOf(query)
      return ports.length === 0 ? {} : { ports }
    },
  },
  '/pods/proxy': proxy('PodProxyOptions'),
  '/services/proxy': proxy('ServiceProxyOptions'),
  '/nodes/proxy': proxy('NodeProxyOptions'),
}

function containerOptions(query: URLSearchParams): Options {
  const isSet = (name: string) => query.has(name) && !['', '0', 'false'].includes((query.get(name) ?? '').toLowerCase())
  const container = query.get('container') ?? ''
  return {
    ...Object.fromEntries(streams.filter(isSet).map((name) => [name, true])),
    ...(container === '' ? {} : { container }),
  }
}

/** @throws StatusError 400 for what is no port, as Go's ParseUint with 16 bits says it */
export function portsOf(query: URLSearchParams): number[] {
  return query
    .getAll('ports')
    .flatMap((each) => each.split(','))
    .map((text) => {
      const bad = (why: string) => newBadRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
      if (!/^\d+$/.test(text)) throw bad('invalid syntax')
      if (Number(text) > 65_535) throw bad('value out of range')
      return Number(text)
    })
}

/** `/…/proxy` and what follows it, as it was sent. */
export function splitProxyPath(url: string): { prefix: string; rest: string; search: string } {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  const match = /^((?:\/[^/]+)+?\/proxy)(\/.*)?$/.exec(path)
  return { prefix: match?.[1] ?? path, rest: match?.[2] ?? '', search: at < 0 ? '' : url.slice(at) }
}

export const connects = (path: string): boolean => Object.hasOwn(connections, path)

/**
 * Shows a connection to admission, before anybody looks whether there is something to connect to.
 * @returns the scope with the query that admission has made of it
 * @throws StatusError what admission refuses with
 */
export async function admitConnection(scope: RequestScope, path: string): Promise<RequestScope> {
  const { kind, options } = connections[path]!
  const asked = options(scope)
  const object = { kind, apiVersion: 'v1', ...deepCopy(asked) } as unknown as KubeObject
  const about = { operation: 'CONNECT', object, oldObject: undefined, name: scope.info.name } as const
  const attributes = admissionAttributes(scope, { dryRun: false }, about)
  const { admission } = scope.registry
  await admission.admit(attributes)
  await admission.validate(attributes)
  const { kind: _kind, apiVersion: _version, ...admitted } = attributes.object as unknown as Options
  return deepEqual(asked, admitted) ? scope : { ...scope, query: queryOf(admitted) }
}

/** The query that stands for options. */
function queryOf(options: Options): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== null) query.append(name, String(each))
  }
  return query
}
