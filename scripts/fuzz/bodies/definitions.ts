import fc from 'fast-check'
import { namespacedResource } from '../../tools/custom-resource.ts'
import { celExpression } from './expressions.ts'
import { hostileValue, type Json, Members, mutated, Raw, render, type Tree, treeOf } from './json.ts'
import { anyText, pattern } from './texts.ts'
import { typedObject } from './typed.ts'

const sprocket = (schema: Json, more: { readonly [key: string]: Json } = {}): Json =>
  namespacedResource('fuzz.example.com', 'sprockets', 'Sprocket', schema, more)

const text = { type: 'string', maxLength: 2000 }
const list = { type: 'array', maxItems: 100, items: { type: 'object', properties: { name: text } } }
const around = (spec: Json): Json => ({ type: 'object', properties: { spec } })
const withRules = (rules: Json): Json =>
  around({
    type: 'object',
    'x-kubernetes-validations': rules,
    properties: { text, list, count: { type: 'integer' }, map: { type: 'object', maxProperties: 20, additionalProperties: text } },
  })
const deepSchema = (levels: number): Tree =>
  new Raw(`${'{"type":"object","properties":{"spec":'.repeat(levels)}{"type":"object"}${'}}'.repeat(levels)}`)
const defaulting = (levels: number): Json =>
  levels === 0
    ? { type: 'string', default: 'x'.repeat(100) }
    : { type: 'object', default: {}, properties: { a: defaulting(levels - 1), b: defaulting(levels - 1) } }

/** A schema of an object, with what else it has. */
const objectSchema = (...more: [key: string, value: Tree][]): Members => new Members([['type', 'object'], ...more])
/** A schema of an object with these properties. */
const objectOf = (...properties: [key: string, value: Tree][]): Members => objectSchema(['properties', new Members(properties)])

/** Replaces the text SCHEMA in a definition. */
const holding = (schema: Tree): string => render(treeOf(sprocket('SCHEMA'))).replace('"SCHEMA"', () => render(schema))

const hostileSchema = fc.oneof(
  mutated(fc.constant(treeOf(withRules([{ rule: 'self.count > 0' }])))).map(holding),
  typedObject('k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps').map(holding),
  typedObject('k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps').map((schema) =>
    holding(objectOf(['spec', objectOf(['a', schema])])),
  ),
  fc.constantFrom(5, 30, 80, 300, 900).map((levels) => holding(deepSchema(levels))),
  fc.constantFrom(1, 4, 8, 11).map((levels) => holding(treeOf(around(defaulting(levels))))),
  fc
    .constantFrom(10, 5000)
    .map((count) => holding(treeOf(around({ type: 'string', enum: Array.from({ length: count }, (_, at) => `v${at}`) })))),
  fc
    .tuple(
      fc.constantFrom(
        'x-kubernetes-list-type',
        'x-kubernetes-map-type',
        'x-kubernetes-list-map-keys',
        'x-kubernetes-embedded-resource',
        'x-kubernetes-int-or-string',
        'x-kubernetes-preserve-unknown-fields',
        'x-kubernetes-validations',
        'x-kubernetes-__proto__',
        '$ref',
        'allOf',
        'not',
        'default',
        'enum',
        'required',
        'properties',
        'items',
        'format',
        'multipleOf',
        'maximum',
      ),
      hostileValue,
    )
    .map(([key, value]) =>
      holding(objectOf(['spec', objectSchema([key, value])], ['__proto__', objectSchema()], ['constructor', treeOf({ type: 'string' })])),
    ),
  fc
    .tuple(fc.constantFrom('additionalPrinterColumns', 'selectableFields', 'subresources', 'deprecationWarning'), hostileValue)
    .map(([key, value]) =>
      render(treeOf(sprocket(around({ type: 'object' }), { [key]: 'VALUE' }))).replace('"VALUE"', () => render(value)),
    ),
  fc
    .tuple(
      fc.constantFrom(
        '.spec.a',
        '.spec..a',
        '{.spec}',
        '.spec[*].a',
        `.${'a.'.repeat(5000)}b`,
        '.spec[?(@.a=="b")]',
        '.metadata.name',
        '[',
        '$',
        '.spec[0:9999999999]',
        '.spec[-1]',
        '..',
        '{range .}{end}',
      ),
      fc.boolean(),
    )
    .map(([jsonPath, selectable]) =>
      render(
        treeOf(
          sprocket(
            around({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
            selectable ? { selectableFields: [{ jsonPath }] } : { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath }] },
          ),
        ),
      ),
    ),
)

const ruled = fc.oneof(
  { weight: 3, arbitrary: celExpression.map((rule) => render(treeOf(sprocket(withRules([{ rule }]))))) },
  {
    weight: 1,
    arbitrary: celExpression.map((messageExpression) => render(treeOf(sprocket(withRules([{ rule: 'false', messageExpression }]))))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(200, 2000)
      .map((count) =>
        render(
          treeOf(
            sprocket(withRules(Array.from({ length: count }, () => ({ rule: 'self.list.all(a, self.list.all(b, a != b || a == b))' })))),
          ),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: pattern.map((source) =>
      render(treeOf(sprocket(around({ type: 'object', properties: { text: { type: 'string', pattern: source } } })))),
    ),
  },
)

let count = 0
const long = 'a'.repeat(2000)

const instances = fc
  .oneof(
    mutated(
      fc
        .constantFrom<Json[]>(
          { text: `${long.slice(0, 40)}!`, count: 1, list: [{ name: 'a' }], map: { a: 'b' } },
          { text: long, list: Array.from({ length: 100 }, () => ({ name: long.slice(0, 50) })) },
          { text: 'x', count: 9_007_199_254_740_991, __proto__: 1 },
        )
        .map(treeOf),
    ),
    hostileValue,
  )
  .map((spec) => `{"apiVersion":"fuzz.example.com/v1","kind":"Sprocket","metadata":{"name":"s${count++}"},"spec":${render(spec)}}`)

/** Definitions of a resource, and an object for it. */
export const definitions = fc.record({ body: fc.oneof(hostileSchema, ruled), instance: instances })

const matched = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  objectSelector: { matchLabels: { fuzz: 'admitted' } },
}

function policy(kind: string, name: string, spec: { readonly [key: string]: Json }) {
  const group = 'admissionregistration.k8s.io/v1'
  const resource = kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'mutatingadmissionpolicies'
  const actions = kind === 'ValidatingAdmissionPolicy' ? { validationActions: ['Deny'] } : {}
  return {
    path: `/apis/${group}/${resource}`,
    name,
    policy: JSON.stringify({ apiVersion: group, kind, metadata: { name }, spec: { matchConstraints: matched, ...spec } }),
    binding: JSON.stringify({ apiVersion: group, kind: `${kind}Binding`, metadata: { name }, spec: { policyName: name, ...actions } }),
  }
}

const policyName = fc.constantFrom('fuzz-a', 'fuzz-b')
const validating = fc
  .tuple(policyName, celExpression, fc.constantFrom('validation', 'message', 'variable', 'condition', 'audit'))
  .map(([name, expression, where]) => {
    const validations = [
      {
        expression: where === 'validation' ? expression : where === 'variable' ? 'variables.v == variables.v' : 'false',
        ...(where === 'message' ? { messageExpression: expression } : {}),
      },
    ]
    return policy('ValidatingAdmissionPolicy', name, {
      validations,
      ...(where === 'variable' ? { variables: [{ name: 'v', expression }] } : {}),
      ...(where === 'condition' ? { matchConditions: [{ name: 'c', expression }] } : {}),
      ...(where === 'audit' ? { auditAnnotations: [{ key: 'a', valueExpression: expression }] } : {}),
    })
  })

const mutation = fc.oneof(
  celExpression,
  fc.constantFrom(
    'Object{data: {"a": "c"}}',
    'Object{metadata: Object.metadata{labels: {"x": "y"}}}',
    'Object{__proto__: 1}',
    'Object{data: Object.data{__proto__: "x"}}',
    'Object{data: {"__proto__": "x", "constructor": "y"}}',
    '[JSONPatch{op: "add", path: "/data/__proto__", value: "x"}]',
    '[JSONPatch{op: "add", path: "/__proto__/polluted", value: "x"}]',
    '[JSONPatch{op: "copy", from: "/data", path: "/data/x"}]',
    '[JSONPatch{op: "x", path: "", value: Object{}}]',
    'JSONPatch{}',
  ),
)
const mutating = fc.tuple(policyName, mutation, fc.boolean()).map(([name, expression, isPatch]) =>
  policy('MutatingAdmissionPolicy', name, {
    reinvocationPolicy: 'IfNeeded',
    mutations: [
      isPatch
        ? { patchType: 'JSONPatch', jsonPatch: { expression } }
        : { patchType: 'ApplyConfiguration', applyConfiguration: { expression } },
    ],
  }),
)
const odd = fc
  .tuple(policyName, anyText)
  .map(([name, expression]) => policy('ValidatingAdmissionPolicy', name, { validations: [{ expression }] }))

/** Policies and what binds them. */
export const policies = fc.oneof(validating, mutating, odd)
