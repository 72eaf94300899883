import type { Random } from '../../random-objects.ts'
import type { Area, Part } from '../area.ts'

const values = [
  'object.metadata.name',
  'object.metadata.?labels["a"].orValue("none")',
  'request.operation',
  'request.name',
  'request.namespace',
  'request.resource.resource',
  'namespaceObject.metadata.name',
  'string(request.dryRun)',
  'string(object.data.size())',
  'object.data["a"]',
  'oldObject == null ? "new" : oldObject.metadata.name',
  'params == null ? "none" : "some"',
  'variables.v',
  'string(int(object.data["n"]) / 2)',
  'object.data.b.split(",")[1]',
  'object.spec.x',
  'object.data.map(k, k).join(",")',
]
const tests = ['startsWith("beside")', 'contains("a")', 'matches("^[a-z]+$")', 'size() < 4', 'endsWith("x")', 'lowerAscii() == "create"']
const sound = ['true', '1 < 2', 'has(object.data)', 'has(object.data.a)', '!has(object.metadata.labels)', 'object.data.all(k, k != "b")']
const broken = ['x', '1', 'object.', 'request.foo', 'object.data +', '"a" + 1 == "b"', 'params.x', 'variables.none']

function expressionOf(random: Random): string {
  if (random.chance(0.05)) return random.pick(broken)
  const one = random.chance(0.6) ? testOf(random) : random.pick(sound)
  if (random.chance(0.7)) return one
  return `${one} ${random.pick(['&&', '||'])} ${testOf(random)}`
}

const testOf = (random: Random) => `(${random.pick(values)}).${random.pick(tests)}`

function policyOf(random: Random, name: string, namespace: string): Part {
  const maybe = (odds: number, part: Part): Part => (random.chance(odds) ? part : {})
  const validation = () => ({
    expression: expressionOf(random),
    ...maybe(0.3, { message: 'own text' }),
    ...maybe(0.3, { messageExpression: random.pick(values) }),
    ...maybe(0.3, { reason: random.pick(['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge', 'x']) }),
  })
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: random.pick([['CREATE'], ['*'], ['UPDATE', 'DELETE']]),
    resources: ['configmaps'],
  }
  const spec = {
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      // Only what this round writes.
      resourceRules: [{ ...rule, resourceNames: [name] }],
    },
    variables: [{ name: 'v', expression: random.pick(values.filter((each) => !each.includes('variables'))) }],
    validations: random.chance(0.7) ? [validation()] : [validation(), validation()],
    ...maybe(0.3, { matchConditions: [{ name: 'm', expression: expressionOf(random).replaceAll('variables.v', 'object.metadata.name') }] }),
    ...maybe(0.3, { auditAnnotations: [{ key: 'k', valueExpression: random.pick(values) }] }),
    ...maybe(0.3, { failurePolicy: random.pick(['Ignore', 'Fail']) }),
  }
  return { metadata: { name }, spec }
}

/** Policies with random expressions, and writes that they are asked about. */
export const policies: Area = {
  *round(random, namespace, name) {
    const base = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic`
    const configmaps = `/api/v1/namespaces/${namespace}/configmaps`
    const body = policyOf(random, name, namespace)
    const told = yield { method: 'POST', path: `${base}ies`, body, drop: ['status'] }
    if (told.status !== 201) return
    const validationActions = random.pick([['Deny'], ['Deny'], ['Deny', 'Audit'], ['Warn'], ['Audit', 'Warn']])
    const binding = { metadata: { name }, spec: { policyName: name, validationActions } }
    yield { method: 'POST', path: `${base}ybindings`, body: binding }
    // The server takes up a policy when it hears of it.
    yield { path: '/api/v1/namespaces?limit=1&fieldSelector=metadata.name%3Dnone', setup: true, retry: 2500, until: 299 }
    const data = {
      ...(random.chance(0.6) ? { a: random.pick(['abc', 'x', '']) } : {}),
      ...(random.chance(0.4) ? { n: random.pick(['4', 'y']) } : {}),
    }
    const labels = random.chance(0.4) ? { labels: { a: random.pick(['x', 'abc']) } } : {}
    const object = { metadata: { name, ...labels }, ...(random.chance(0.8) ? { data } : {}) }
    yield { method: 'POST', path: configmaps, body: object }
    yield { method: 'PUT', path: `${configmaps}/${name}`, body: { ...object, data: { ...data, b: '1,2' } } }
    const contentType = 'application/merge-patch+json'
    yield { method: 'PATCH', path: `${configmaps}/${name}?dryRun=All`, contentType, body: { data: { a: 'other' } } }
    yield { method: 'DELETE', path: `${configmaps}/${name}` }
    yield { method: 'DELETE', path: `${base}ybindings/${name}`, setup: true }
    yield { method: 'DELETE', path: `${base}ies/${name}`, setup: true }
  },
}
