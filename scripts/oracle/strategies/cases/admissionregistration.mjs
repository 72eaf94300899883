import { creates, updates } from '../variants.mjs'

const group = { group: 'admissionregistration.k8s.io', version: 'v1', clusterScoped: true }
const meta = (kind) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'kinds-rest.example.com' } })
const rule = { apiGroups: ['kinds-rest.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }
const hook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://127.0.0.1:1/x' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}
const hooks = (...webhooks) => ({ webhooks })
const validating = { ...meta('ValidatingWebhookConfiguration'), ...hooks(hook) }
const mutating = { ...meta('MutatingWebhookConfiguration'), ...hooks(hook) }
const withRule = (fields) => ({ ...hook, rules: [{ ...rule, ...fields }] })
const urls = [
  'x',
  'http://a.b/c',
  'https://',
  'https://a.b/c?d=e',
  'https://a.b/c#d',
  'https://u:p@a.b/',
  'https://a.b',
  '%',
  '',
  'https://a b/',
]
const services = [
  { name: 's', namespace: 'n' },
  { name: '', namespace: '' },
  { name: 's', namespace: 'n', path: '/a//b', port: 0 },
  { name: 's', namespace: 'n', path: 'x', port: 99999 },
  { name: 's', namespace: 'n', path: '/A_B/c d', port: 443 },
  { name: 's', namespace: 'n', path: '/' },
  { name: 's', namespace: 'n', path: '//' },
  { name: 's', namespace: 'n', path: '/a/' },
  { name: 's', namespace: 'n', path: '' },
]
const webhookVariants = {
  minimal: {},
  'no webhooks': { webhooks: null },
  names: hooks({ ...hook, name: '' }, { ...hook, name: 'x' }, { ...hook, name: 'A_B.c.d' }, hook, hook),
  policies: hooks(
    { ...hook, failurePolicy: 'X', matchPolicy: 'Y', sideEffects: 'Some', timeoutSeconds: 31, reinvocationPolicy: 'Z' },
    { ...hook, name: 'b.example.com', sideEffects: undefined, timeoutSeconds: 0, admissionReviewVersions: [] },
  ),
  versions: hooks(
    { ...hook, admissionReviewVersions: ['v1', 'v1', 'A_B'] },
    { ...hook, name: 'b.example.com', admissionReviewVersions: ['v2'] },
  ),
  rules: hooks(withRule({ apiGroups: [], apiVersions: [], operations: [], resources: [] }), {
    ...withRule({ apiGroups: ['*', 'a'], apiVersions: ['*', 'v1', ''], operations: ['*', 'CREATE', 'PATCH'], resources: ['*', 'pods'] }),
    name: 'b.example.com',
  }),
  resources: hooks(
    withRule({ resources: ['*/*', 'pods'] }),
    { ...withRule({ resources: ['', 'pods/*', 'pods/status', '*/scale', 'a/scale'] }), name: 'b.example.com' },
    { ...withRule({ resources: ['*', '*/status'], scope: 'Other' }), name: 'c.example.com' },
  ),
  'no client': hooks(
    { ...hook, clientConfig: {} },
    { ...hook, name: 'b.example.com', clientConfig: { url: 'https://a.b', service: services[0] } },
  ),
  selectors: hooks({
    ...hook,
    namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'X' }] },
    objectSelector: { matchLabels: { 'a b': 'c d' } },
  }),
  conditions: hooks({
    ...hook,
    matchConditions: [
      { name: '', expression: '' },
      { name: 'a b', expression: 'true' },
      { name: 'x', expression: 'true' },
      { name: 'x', expression: 'true' },
    ],
  }),
  'broken expressions': hooks({
    ...hook,
    matchConditions: [
      { name: 'a', expression: 'true &&' },
      { name: 'b', expression: '1' },
      { name: 'c', expression: 'nothing' },
    ],
  }),
  ...Object.fromEntries(urls.map((url) => [`url ${url}`, hooks({ ...hook, clientConfig: { url } })])),
  ...Object.fromEntries(services.map((service) => [`service ${JSON.stringify(service)}`, hooks({ ...hook, clientConfig: { service } })])),
}
const webhookUpdates = {
  webhooks: hooks({ ...hook, timeoutSeconds: 3 }),
  labels: { metadata: { labels: { a: 'b' } } },
  'side effects': hooks({ ...hook, sideEffects: 'Some' }),
}
const policy = {
  ...meta('ValidatingAdmissionPolicy'),
  spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'object.metadata.name != "x"' }] },
}
const binding = {
  ...meta('ValidatingAdmissionPolicyBinding'),
  spec: { policyName: 'kinds-rest-none.example.com', validationActions: ['Deny'] },
}
const mutation = {
  ...meta('MutatingAdmissionPolicy'),
  spec: {
    matchConstraints: { resourceRules: [rule] },
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
  },
}
const mutationBinding = { ...meta('MutatingAdmissionPolicyBinding'), spec: { policyName: 'kinds-rest-none.example.com' } }
const policyVariants = {
  minimal: {},
  'no spec': { spec: null },
  'failure policy': { spec: { failurePolicy: 'X' } },
  'param kind': { spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } },
  'bad param kind': { spec: { paramKind: { apiVersion: 'a/b/c', kind: 'A b' } } },
  'bad param group': { spec: { paramKind: { apiVersion: 'A b/V_1', kind: '' } } },
  'empty param kind': { spec: { paramKind: {} } },
  'no constraints': { spec: { matchConstraints: null } },
  'no rules': { spec: { matchConstraints: { resourceRules: null } } },
  'bad constraints': {
    spec: {
      matchConstraints: {
        matchPolicy: 'X',
        namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'X' }] },
        resourceRules: [{ ...rule, resourceNames: ['a/b', 'c', 'c'], operations: ['PATCH'] }],
        excludeResourceRules: [{}],
      },
    },
  },
  conditions: {
    spec: {
      matchConditions: [
        { name: 'x', expression: 'true' },
        { name: 'x', expression: ' ' },
      ],
    },
  },
  variables: {
    spec: {
      variables: [
        { name: 'a', expression: '1' },
        { name: 'b-c', expression: '1' },
        { name: '', expression: '' },
        { name: 'if', expression: '2' },
      ],
    },
  },
}

export const kinds = [
  {
    ...group,
    resource: 'validatingwebhookconfigurations',
    cases: [...creates(validating, webhookVariants), ...updates(validating, webhookUpdates)],
  },
  {
    ...group,
    resource: 'mutatingwebhookconfigurations',
    cases: [...creates(mutating, webhookVariants), ...updates(mutating, webhookUpdates)],
  },
  {
    ...group,
    resource: 'validatingadmissionpolicies',
    cases: [
      ...creates(policy, {
        ...policyVariants,
        'no validations': { spec: { validations: null } },
        validations: {
          spec: {
            validations: [
              { expression: '' },
              { expression: 'true', message: ' ', messageExpression: ' ', reason: 'Other' },
              { expression: 'true', message: 'a\nb', reason: 'Forbidden' },
            ],
          },
        },
        'broken validation': { spec: { validations: [{ expression: 'true &&' }, { expression: '"a"' }] } },
        audit: {
          spec: {
            validations: null,
            auditAnnotations: [
              { key: 'a', valueExpression: '"x"' },
              { key: 'a', valueExpression: '"y"' },
              { key: 'a b', valueExpression: '' },
            ],
          },
        },
        'static suffix': { metadata: { name: 'a.static.k8s.io' } },
      }),
      ...updates(policy, { spec: { spec: { failurePolicy: 'Ignore' } }, labels: { metadata: { labels: { a: 'b' } } } }),
      ...updates(
        policy,
        {
          status: {
            status: { observedGeneration: 1, typeChecking: { expressionWarnings: [{ fieldRef: 'spec.x', warning: 'w' }] }, conditions: [] },
            spec: { failurePolicy: 'Ignore' },
            metadata: { labels: { a: 'b' } },
          },
          'bad status': {
            status: {
              typeChecking: { expressionWarnings: [{ fieldRef: '', warning: '' }] },
              conditions: [{ type: '', status: '', reason: '', message: '', lastTransitionTime: null }],
            },
          },
        },
        'status',
      ),
    ],
  },
  {
    ...group,
    resource: 'validatingadmissionpolicybindings',
    cases: [
      ...creates(binding, {
        minimal: {},
        'no spec': { spec: null },
        'bad name': { spec: { policyName: 'A_B' } },
        actions: { spec: { validationActions: ['Deny', 'Warn', 'X', 'Deny'] } },
        params: { spec: { paramRef: { name: 'a', parameterNotFoundAction: 'Deny' } } },
        'bad params': { spec: { paramRef: { name: 'a/b', selector: {}, parameterNotFoundAction: 'X' } } },
        'empty params': { spec: { paramRef: {} } },
        match: { spec: { matchResources: { resourceRules: [rule] } } },
        'bad match': { spec: { matchResources: { objectSelector: { matchLabels: { 'a b': 'c' } }, resourceRules: [{}] } } },
      }),
      ...updates(binding, { spec: { spec: { validationActions: ['Audit'] } } }),
    ],
  },
  {
    ...group,
    resource: 'mutatingadmissionpolicies',
    cases: [
      ...creates(mutation, {
        ...policyVariants,
        'no mutations': { spec: { mutations: null } },
        mutations: {
          spec: {
            mutations: [
              {},
              { patchType: 'X' },
              { patchType: 'JSONPatch' },
              { patchType: 'ApplyConfiguration' },
              { patchType: 'JSONPatch', jsonPatch: { expression: '' }, applyConfiguration: { expression: '' } },
              { patchType: 'ApplyConfiguration', jsonPatch: { expression: '[]' }, applyConfiguration: { expression: ' ' } },
            ],
          },
        },
        reinvocation: { spec: { reinvocationPolicy: 'X' } },
        'no reinvocation': { spec: { reinvocationPolicy: null } },
        delete: { spec: { matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } } },
      }),
    ],
  },
  {
    ...group,
    resource: 'mutatingadmissionpolicybindings',
    cases: [
      ...creates(mutationBinding, {
        minimal: {},
        'no spec': { spec: null },
        params: { spec: { paramRef: { name: 'a', parameterNotFoundAction: 'Deny' } } },
        delete: { spec: { matchResources: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } } },
      }),
    ],
  },
]
