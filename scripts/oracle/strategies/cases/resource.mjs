import { creates, updates } from '../variants.mjs'

const group = { group: 'resource.k8s.io', version: 'v1' }
const meta = (kind) => ({ apiVersion: 'resource.k8s.io/v1', kind, metadata: { name: 'kinds-rest' } })
const exactly = { deviceClassName: 'gpu' }
const claimSpec = { devices: { requests: [{ name: 'one', exactly }] } }
const claim = { ...meta('ResourceClaim'), spec: claimSpec }
const devices = (fields) => ({ spec: { devices: fields } })
const request = (fields) => devices({ requests: [{ name: 'one', exactly: { ...exactly, ...fields } }] })
const opaque = (parameters) => ({ opaque: { driver: 'a.example.com', parameters } })
const slice = {
  ...meta('ResourceSlice'),
  spec: {
    driver: 'a.example.com',
    pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
    nodeName: 'n1',
    devices: [{ name: 'd1', attributes: { model: { string: 'x' } }, capacity: { memory: { value: '1Gi' } } }],
  },
}
const device = (fields) => ({ spec: { devices: [{ name: 'd1', ...fields }] } })

const claimVariants = {
  minimal: {},
  'no spec': { spec: null },
  'all devices': request({ allocationMode: 'All' }),
  modes: devices({
    requests: [
      { name: 'a', exactly: { ...exactly, allocationMode: 'All', count: 2 } },
      { name: 'b', exactly: { ...exactly, count: -1 } },
      { name: 'c', exactly: { ...exactly, allocationMode: 'Some' } },
    ],
  }),
  'no class': request({ deviceClassName: null }),
  'bad names': devices({
    requests: [
      { name: 'A_B', exactly: { deviceClassName: 'A_B' } },
      { name: 'x', exactly },
      { name: 'x', exactly },
      { name: 'y' },
      { name: 'z', exactly, firstAvailable: [{ name: 'a', deviceClassName: 'b' }] },
    ],
  }),
  alternatives: devices({
    requests: [
      {
        name: 'x',
        firstAvailable: [
          { name: 'a', deviceClassName: 'b' },
          { name: 'a', deviceClassName: '' },
        ],
      },
    ],
  }),
  'good alternatives': devices({ requests: [{ name: 'x', firstAvailable: [{ name: 'a', deviceClassName: 'b', count: 2 }] }] }),
  tolerations: request({
    tolerations: [
      { key: 'a b', operator: 'Exists', value: 'x' },
      { operator: 'Other', effect: 'Other' },
      { key: 'a', operator: 'Equal', value: 'a b', effect: 'NoSchedule' },
      { key: 'a' },
    ],
  }),
  selectors: request({ selectors: [{}, { cel: { expression: 'true' } }] }),
  constraints: devices({
    ...claimSpec.devices,
    constraints: [
      { requests: ['one', 'two', 'one', 'A_B', 'a/b/c'], matchAttribute: 'x' },
      {},
      { distinctAttribute: 'a.example.com/y' },
      { matchAttribute: '/z' },
      { matchAttribute: 'a b/1c' },
    ],
  }),
  config: devices({
    ...claimSpec.devices,
    config: [{ requests: ['one'], ...opaque({ a: 1 }) }, {}, opaque('x'), opaque(null), { opaque: { driver: 'A b', parameters: {} } }],
  }),
  'too many requests': devices({ requests: Array.from({ length: 33 }, (_, i) => ({ name: `r${i}`, exactly })) }),
}

export const kinds = [
  {
    ...group,
    resource: 'resourceclaims',
    cases: [
      ...creates(claim, {
        ...claimVariants,
        'status is dropped': { status: { reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] } },
      }),
      ...updates(claim, { spec: request({ count: 2 }), labels: { metadata: { labels: { a: 'b' } } } }),
      ...updates(
        claim,
        {
          'reserved without allocation': {
            status: {
              reservedFor: [
                { resource: 'pods', name: 'p', uid: 'u' },
                { resource: '', name: '', uid: '' },
              ],
            },
          },
          allocation: {
            status: {
              allocation: { devices: { results: [{ request: 'one', driver: 'a.example.com', pool: 'n1', device: 'd1' }] } },
              reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }],
            },
            metadata: { labels: { a: 'b' } },
          },
          'devices that are not allocated': {
            status: { devices: [{ driver: 'a.example.com', pool: 'n1', device: 'd1' }, { device: 'x' }] },
          },
          'bad allocation': {
            status: {
              allocation: {
                devices: {
                  results: [{ request: 'two', driver: 'A b', pool: 'A b', device: 'A_B' }],
                  config: [{ source: '' }, { source: 'X', requests: ['one'], ...opaque({}) }],
                },
              },
            },
          },
        },
        'status',
      ),
    ],
  },
  {
    ...group,
    resource: 'resourceclaimtemplates',
    cases: [
      ...creates(
        { ...meta('ResourceClaimTemplate'), spec: { spec: claimSpec } },
        Object.fromEntries(['minimal', 'modes', 'bad names'].map((name) => [name, { spec: claimVariants[name] }])),
      ),
      ...creates(
        { ...meta('ResourceClaimTemplate'), spec: { spec: claimSpec } },
        { 'bad metadata': { spec: { metadata: { labels: { 'a b': 'c' }, annotations: { 'd e': 'f' } } } } },
      ),
      ...updates({ ...meta('ResourceClaimTemplate'), spec: { spec: claimSpec } }, { spec: { spec: { metadata: { labels: { a: 'b' } } } } }),
    ],
  },
  {
    ...group,
    resource: 'deviceclasses',
    clusterScoped: true,
    cases: [
      ...creates(
        { ...meta('DeviceClass'), spec: {} },
        {
          minimal: {},
          'odd name': { metadata: { name: 'A_B' } },
          selectors: { spec: { selectors: [{ cel: { expression: 'device.driver == "a"' } }, {}] } },
          config: { spec: { config: [opaque({ a: 1 }), {}] } },
          'extended resource': { spec: { extendedResourceName: 'example.com/gpu' } },
          'bad extended resource': { spec: { extendedResourceName: 'cpu' } },
        },
      ),
      ...updates({ ...meta('DeviceClass'), spec: {} }, { spec: { spec: { extendedResourceName: 'example.com/gpu' } } }),
    ],
  },
  {
    ...group,
    resource: 'resourceslices',
    clusterScoped: true,
    cases: [
      ...creates(slice, {
        minimal: {},
        'no driver': { spec: { driver: null } },
        'upper-case driver': { spec: { driver: 'A.example.com' } },
        'bad pool': { spec: { pool: { name: 'A b/c', generation: -1, resourceSliceCount: 0 } } },
        'no pool': { spec: { pool: null } },
        'no node': { spec: { nodeName: null } },
        'empty node': { spec: { nodeName: '' } },
        'two nodes': { spec: { allNodes: true } },
        'not all nodes': { spec: { allNodes: false } },
        'node selector': {
          spec: {
            nodeName: null,
            nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
          },
        },
        'per device': {
          spec: {
            nodeName: null,
            perDeviceNodeSelection: true,
            devices: [{ name: 'd1' }, { name: 'd2', nodeName: 'x' }, { name: 'd3', nodeName: 'x', allNodes: true }],
          },
        },
        'device node': device({ nodeName: 'x' }),
        'device names': { spec: { devices: [{ name: 'A_B' }, { name: 'd1' }, { name: 'd1' }] } },
        'attribute values': device({ attributes: { a: {} } }),
        'two attribute values': device({ attributes: { a: { int: 1, bool: true } } }),
        'bad version': device({ attributes: { 'a.b/v': { version: '1' } } }),
        'long string': device({ attributes: { a: { string: 'x'.repeat(65) } } }),
        'bad attribute name': device({ attributes: { '1a': { int: 1 } } }),
        'bad attribute domain': device({ attributes: { 'A b/c': { int: 1 } } }),
        taints: device({
          taints: [
            { key: 'a', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' },
            { key: 'a b', value: 'c d', effect: 'X', timeAdded: '2026-01-01T00:00:00Z' },
            { key: 'a', timeAdded: '2026-01-01T00:00:00Z' },
          ],
        }),
        'counters and devices': { spec: { sharedCounters: [{ name: 'c', counters: { x: { value: '1' } } }] } },
        counters: {
          spec: {
            devices: null,
            sharedCounters: [
              { name: 'c', counters: { x: { value: '1' } } },
              { name: '', counters: {} },
              { name: 'c', counters: { y: { value: '1' } } },
            ],
          },
        },
        consumes: device({
          consumesCounters: [
            { counterSet: '', counters: {} },
            { counterSet: 'c', counters: { x: { value: '1' } } },
          ],
        }),
        binding: device({ bindingConditions: ['a', 'a'], bindingFailureConditions: ['a', 'b c'] }),
        'binding alone': device({ bindingConditions: ['a'] }),
        'request policy': device({ capacity: { memory: { value: '1Gi', requestPolicy: { default: '1Mi' } } } }),
      }),
      ...updates(slice, { devices: device({}), immutable: { spec: { driver: 'b.example.com', pool: { name: 'n2' }, nodeName: 'n2' } } }),
    ],
  },
]
