import type { ResourceDefinition } from '../../../registry/resource.ts'
import { type OpenApiSchema, refTo } from './schema.ts'

/** A parameter as a document has it. */
export interface Parameter {
  name: string
  in: string
  description?: string
  [member: string]: unknown
}

/** Finds a parameter that the built-in resources have, too. */
export type ParameterPool = (name: string, method: string) => Parameter | undefined

export interface CustomNames {
  kind: string
  list: string
}

type Operation = Record<string, unknown> & { parameters: Parameter[] }

const scale = 'io.k8s.api.autoscaling.v1.Scale'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation']
const listParameters = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'shardSelector',
  'timeoutSeconds',
  'watch',
]
const deleteParameters = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
]
const json = ['application/json', 'application/yaml']
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json']

/** The paths of one custom resource, with what can be done there. */
export function pathsOf(definition: ResourceDefinition, components: CustomNames, pool: ParameterPool): Record<string, object> {
  const { group, version, resource, kind, namespaced, subresources } = definition
  const scope = namespaced ? 'Namespaced' : ''
  const tag = `${camelCase(group.replace(/\.k8s\.io$/, ''), false)}_${camelCase(version, false)}`
  const inId = camelCase(group.replace(/\.k8s\.io$/, ''), true) + camelCase(version, true)

  const operation = (method: string, action: string, verb: string, sub = ''): Operation => {
    const answers = responseOf(action, sub, components)
    const answer = (description: string) => ({ description, content: contentOf(json, answers) })
    const id = verb.startsWith('deletecollection') ? `deleteCollection${scope}${kind}` : `${verb}${scope}${kind}${titled(sub)}`
    return {
      tags: [tag],
      description: describe(verb, kind, sub),
      operationId: id.replace(/^(list|create|delete|read|replace|patch)/, (prefix) => prefix + inId),
      parameters: parametersOf(action).flatMap((name) => find(pool, name, method)),
      ...requestOf(action, answers),
      responses: {
        '200': answer('OK'),
        ...(action === 'post' || action === 'put' ? { '201': answer('Created') } : {}),
        ...(action === 'post' || action === 'delete' ? { '202': answer('Accepted') } : {}),
        '401': { description: 'Unauthorized' },
      },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': { group, version, kind },
    }
  }

  const pathParameters = (...names: string[]) =>
    names.flatMap((name) => {
      const found = find(pool, name, 'get')
      return name === 'name' ? found.map((each) => ({ ...each, description: `name of the ${kind}` })) : found
    })
  const inNamespace = namespaced ? ['namespace'] : []
  const root = `/apis/${group}/${version}/`
  const collection = `${root}${namespaced ? 'namespaces/{namespace}/' : ''}${resource}`
  const ofOne = pathParameters('name', ...inNamespace, 'pretty')
  const paths: Record<string, object> = {
    [collection]: {
      get: operation('get', 'list', 'list'),
      post: operation('post', 'post', 'create'),
      delete: operation('get', 'deletecollection', 'deletecollection'),
      parameters: pathParameters(...inNamespace, 'pretty'),
    },
    [`${collection}/{name}`]: {
      get: operation('get', 'get', 'read'),
      put: operation('put', 'put', 'replace'),
      delete: operation('delete', 'delete', 'delete'),
      patch: operation('patch', 'patch', 'patch'),
      parameters: ofOne,
    },
  }
  for (const sub of ['scale', 'status']) {
    if (!subresources.has(sub)) continue
    paths[`${collection}/{name}/${sub}`] = {
      get: operation('get', 'get', 'read', sub),
      put: operation('put', 'put', 'replace', sub),
      patch: operation('patch', 'patch', 'patch', sub),
      parameters: ofOne,
    }
  }
  if (namespaced) {
    const { parameters: _, ...list } = operation('get', 'list', 'list')
    const operationId = `list${inId}${kind}ForAllNamespaces`
    const parameters = pathParameters(...[...listParameters, 'pretty'].sort())
    paths[`${root}${resource}`] = { get: { ...list, operationId }, parameters }
  }
  return paths
}

function find(pool: ParameterPool, name: string, method: string): Parameter[] {
  const found = pool(name, method)
  return found === undefined ? [] : [found]
}

function parametersOf(action: string): string[] {
  switch (action) {
    case 'list':
    case 'deletecollection':
      return listParameters
    case 'get':
      return ['resourceVersion']
    case 'delete':
      return deleteParameters
    case 'patch':
      return [...writeParameters, 'force']
    default:
      return writeParameters
  }
}

function responseOf(action: string, sub: string, components: CustomNames): OpenApiSchema {
  if (action === 'list') return refTo(components.list)
  if (action.startsWith('delete')) return refTo(`${meta}.Status`)
  return refTo(sub === 'scale' ? scale : components.kind)
}

function requestOf(action: string, answered: OpenApiSchema): object {
  if (action === 'delete') return { requestBody: { content: contentOf(json, refTo(`${meta}.DeleteOptions`)) } }
  if (action === 'patch') return { requestBody: { content: contentOf(patchTypes, refTo(`${meta}.Patch`)), required: true } }
  return action === 'post' || action === 'put' ? { requestBody: { content: contentOf(json, answered), required: true } } : {}
}

const contentOf = (types: readonly string[], schema: OpenApiSchema) => Object.fromEntries(types.map((type) => [type, { schema }]))

function describe(verb: string, kind: string, sub: string): string {
  const of = sub === '' ? '' : ` ${sub} of`
  switch (verb) {
    case 'list':
      return `list objects of kind ${kind}`
    case 'deletecollection':
      return `delete collection of ${kind}`
    case 'patch':
      return `partially update${of} the specified ${kind}`
    case 'read':
    case 'replace':
      return `${verb}${of} the specified ${kind}`
    default:
      return `${verb}${articleFor(kind)}${kind}`
  }
}

/** Plurals have none; words like "class" are none. */
function articleFor(noun: string): string {
  if (noun.endsWith('s') && !noun.endsWith('ss')) return ' '
  return /^[aeiou]/i.test(noun) ? ' an ' : ' a '
}

const titled = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)

/** As the ids of operations are made of names: letters and digits only, what follows anything else in upper case. */
function camelCase(text: string, fromTheFirst: boolean): string {
  let upper = fromTheFirst
  let result = ''
  for (const [index, character] of [...text].entries()) {
    if ((index === 0 ? /[A-Za-z_]/ : /[A-Za-z0-9_]/).test(character)) {
      result += upper ? character.toUpperCase() : character
      upper = false
    } else upper = true
  }
  return result
}
