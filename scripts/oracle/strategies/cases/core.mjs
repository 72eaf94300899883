import { creates, updates } from '../variants.mjs'
import { podKinds } from './core/pods.mjs'
import { serviceCases } from './core/services.mjs'

const object = (kind, rest = {}) => ({ apiVersion: 'v1', kind, metadata: { name: 'one' }, ...rest })
const configMap = object('ConfigMap', { data: { a: 'b' } })
const secret = object('Secret', { data: { a: 'Yg==' } })
const account = object('ServiceAccount')
const claim = object('PersistentVolumeClaim', {
  metadata: { name: 'one', finalizers: ['kubernetes.io/pvc-protection'] },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'fast' },
})
const volume = object('PersistentVolume', {
  metadata: { name: 'kinds-core', finalizers: ['kubernetes.io/pv-protection'] },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
})
const range = (...limits) => ({ spec: { limits } })
const limitRange = object('LimitRange', range({ type: 'Container', max: { cpu: '2' } }))
const quota = object('ResourceQuota', { spec: { hard: { pods: '10' } } })
const node = object('Node', {
  metadata: { name: 'kinds-core' },
  spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
})
const endpoints = object('Endpoints', { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] })
const namespace = object('Namespace', { metadata: { name: 'kinds-core-test' } })
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
const controller = object('ReplicationController', { spec: { template } })
const podTemplate = object('PodTemplate', { template })

const metadataVariants = {
  'bad name': { metadata: { name: 'Bad_Name' } },
  'bad labels': { metadata: { labels: { 'a b': 'no!' } } },
  'long label': { metadata: { labels: { [`${'p'.repeat(254)}/${'k'.repeat(64)}`]: 'v'.repeat(64) } } },
  'bad annotation': { metadata: { annotations: { 'a/b/c': 'x', 'UPPER.example.com/x': '' } } },
  finalizers: { metadata: { finalizers: ['plain', 'example.com/x', 'orphan', 'foregroundDeletion', 'a b'] } },
  owners: {
    metadata: {
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1', controller: true },
        { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: '2', controller: true },
        { apiVersion: '', kind: '', name: '', uid: '' },
        { apiVersion: 'v1', kind: 'Event', name: 'e', uid: '3' },
      ],
    },
  },
}

export const kinds = [
  ...podKinds,
  {
    group: '',
    version: 'v1',
    resource: 'podtemplates',
    cases: [
      ...creates(podTemplate, {
        minimal: {},
        'no containers': { template: { spec: { containers: [] } } },
        'no template': { template: null },
      }),
      ...updates(podTemplate, {
        nothing: {},
        changed: { template: { spec: { hostname: 'x' } } },
        invalid: { template: { spec: { hostname: 'X' } } },
      }),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'replicationcontrollers',
    cases: [
      ...creates(controller, {
        minimal: {},
        'own selector': { spec: { selector: { app: 'x' } }, metadata: { labels: { a: 'b' } } },
        'no template': { spec: { template: null } },
        'no labels': { spec: { template: { metadata: null } } },
        negative: { spec: { replicas: -1, minReadySeconds: -1 } },
        'restart policy': { spec: { template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 3 } } } },
        'long name': { metadata: { name: `a${'.b'.repeat(40)}` } },
        'bad name': { metadata: { name: 'Bad_Name' } },
      }),
      ...updates(controller, {
        nothing: {},
        labels: { metadata: { labels: { a: 'b' } } },
        replicas: { spec: { replicas: 3 } },
        'selector that misses': { spec: { selector: { app: 'x' } } },
      }),
      ...updates(
        controller,
        {
          status: { status: { replicas: 3, readyReplicas: 1 } },
          'bad status': { status: { replicas: -1, readyReplicas: 2, availableReplicas: 3 } },
        },
        'status',
      ),
    ],
  },
  { group: '', version: 'v1', resource: 'services', cases: serviceCases },
  {
    group: '',
    version: 'v1',
    resource: 'configmaps',
    cases: [
      ...creates(configMap, {
        minimal: {},
        ...metadataVariants,
        empty: { data: null },
        dots: { data: { '..': 'x' } },
        'dots in front': { data: { '..a': 'x' } },
        'no key': { data: { '': 'x' } },
        'long key with space': { data: { [`${'k'.repeat(254)} `]: 'x' } },
        'both data': { binaryData: { a: 'Yg==', 'b c': 'Yg==' } },
        immutable: { immutable: true },
      }),
      ...updates(configMap, {
        nothing: {},
        data: { data: { a: 'c' } },
        'bad label': { metadata: { labels: { 'a b': 'x' } } },
        finalizer: { metadata: { finalizers: ['plain'] } },
        immutable: [{ immutable: true }, { immutable: false, data: { a: 'c' }, binaryData: { b: 'Yg==' } }],
        'immutable, labels': [{ immutable: true }, { metadata: { labels: { a: 'b' } } }],
      }),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'secrets',
    cases: [
      ...creates(secret, {
        minimal: {},
        'string data': { stringData: { a: 'c', b: 'ü' } },
        'bad key': { data: { 'a/b': 'Yg==' } },
        'own type': { type: 'example.com/x' },
        'account token': { type: 'kubernetes.io/service-account-token' },
        dockercfg: { type: 'kubernetes.io/dockercfg' },
        'dockercfg no json': { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': 'no json' } },
        'docker empty': { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '' } },
        'docker list': { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '[]' } },
        'docker number': { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '1' } },
        docker: { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{"auths":{}}' } },
        'basic auth': { type: 'kubernetes.io/basic-auth' },
        'basic auth, user': { type: 'kubernetes.io/basic-auth', stringData: { username: 'u' } },
        ssh: { type: 'kubernetes.io/ssh-auth', stringData: { 'ssh-privatekey': '' } },
        tls: { type: 'kubernetes.io/tls' },
        'tls garbage': { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x', 'tls.key': 'y' } },
        bootstrap: { type: 'bootstrap.kubernetes.io/token' },
      }),
      ...updates(secret, {
        nothing: {},
        type: { type: 'example.com/x' },
        'no type': { type: '' },
        'string data': { stringData: { z: 'y' } },
        immutable: [{ immutable: true }, { immutable: null, data: { a: 'Yw==' } }],
      }),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    cases: [
      ...creates(account, {
        minimal: {},
        'bad name': { metadata: { name: 'system:x' } },
        references: {
          secrets: [{ name: 'a', namespace: 'x', kind: 'Secret' }, {}],
          imagePullSecrets: [{ name: 'p' }, {}],
          automountServiceAccountToken: false,
        },
        'mountable secrets': { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
      }),
      ...updates(account, {
        nothing: {},
        'mountable secrets': { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
        secrets: { secrets: [{ name: 'a', namespace: 'x' }] },
        'bad label': { metadata: { labels: { 'a b': 'x' } } },
      }),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'namespaces',
    clusterScoped: true,
    cases: [
      ...creates(namespace, {
        minimal: {},
        'dots in the name': { metadata: { name: 'a.b' } },
        'bad name': { metadata: { name: 'A_b' } },
        'long name': { metadata: { name: 'a'.repeat(64) } },
        finalizers: { spec: { finalizers: ['x', 'example.com/x', 'a b'] } },
        'own finalizer': { spec: { finalizers: ['example.com/x'] } },
        status: { status: { phase: 'Terminating' } },
        'other name label': { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } } },
      }),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'persistentvolumeclaims',
    cases: [
      ...creates(claim, {
        minimal: {},
        'no class': { spec: { storageClassName: null } },
        empty: { spec: { accessModes: null, resources: null, storageClassName: null } },
        'bad values': { spec: { accessModes: ['Odd', 'ReadWriteOncePod', 'ReadWriteMany'], volumeMode: 'Odd', storageClassName: 'A B' } },
        zero: { spec: { resources: { requests: { storage: '0' } } } },
        negative: { spec: { resources: { requests: { storage: '-1Gi' } } } },
        fraction: { spec: { resources: { requests: { storage: '1.5' }, limits: { storage: '100m' } } } },
        'data source': { spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } } },
        snapshot: { spec: { dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'x' } } },
        'odd source': { spec: { dataSource: { kind: 'Odd', name: 'x' } } },
        'odd reference': { spec: { dataSourceRef: { kind: 'Odd', name: '' } } },
        'sources differ': {
          spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'x' }, dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'y' } },
        },
        'other namespace': { spec: { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'y', namespace: 'z' } } },
        'old class': { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } } },
        'attributes class': { spec: { volumeAttributesClassName: 'A' } },
        selector: { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['not ok'] }] } } },
      }),
      ...updates(claim, {
        nothing: {},
        labels: { metadata: { labels: { a: 'b' } } },
        volume: { spec: { volumeName: 'x' } },
        class: { spec: { storageClassName: 'slow' } },
        size: { spec: { resources: { requests: { storage: '2Gi' } } } },
        smaller: { spec: { resources: { requests: { storage: '1Mi' } } } },
        mode: { spec: { volumeMode: 'Block' } },
        'several fields': { spec: { accessModes: ['ReadWriteMany'], volumeName: 'x', selector: { matchLabels: { a: 'b' } } } },
        'bound, size': [
          { subresource: 'status', status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
          { spec: { resources: { requests: { storage: '2Gi' } } } },
        ],
        'bound, smaller': [
          { subresource: 'status', status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
          { spec: { resources: { requests: { storage: '1Mi' } } } },
        ],
      }),
      ...updates(
        claim,
        {
          status: { status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
          'bad status': {
            status: { capacity: { storage: '-1' }, allocatedResources: { cpu: '1' }, allocatedResourceStatuses: { storage: 'Odd' } },
          },
        },
        'status',
      ),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'persistentvolumes',
    clusterScoped: true,
    cases: [
      ...creates(volume, {
        minimal: {},
        empty: { spec: { accessModes: null, capacity: null, hostPath: null } },
        'odd capacity': { spec: { capacity: { storage: '0', cpu: '1' } } },
        'bad values': { spec: { persistentVolumeReclaimPolicy: 'Odd', volumeMode: 'Odd', storageClassName: 'A B', accessModes: ['Odd'] } },
        recycle: { spec: { persistentVolumeReclaimPolicy: 'Recycle' } },
        'recycle root': { spec: { persistentVolumeReclaimPolicy: 'Recycle', hostPath: { path: '/./' } } },
        'two sources': { spec: { nfs: { server: 's', path: '/p' } } },
        local: { spec: { hostPath: null, local: { path: '../x' } } },
        'local with nodes': {
          spec: {
            hostPath: null,
            local: { path: '/x' },
            nodeAffinity: {
              required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'In', values: ['a'] }] }] },
            },
          },
        },
        'no nodes': { spec: { nodeAffinity: { required: { nodeSelectorTerms: [] } } } },
        csi: { spec: { hostPath: null, csi: { driver: 'A_b', volumeHandle: '', nodePublishSecretRef: { name: 'x' } } } },
        nfs: { spec: { hostPath: null, nfs: { server: '', path: 'x' } } },
        'old annotations': { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } } },
        'attributes class': { spec: { volumeAttributesClassName: 'x' } },
        rbd: { spec: { hostPath: null, rbd: { monitors: ['a'], image: 'b' } } },
        iscsi: { spec: { hostPath: null, iscsi: { targetPortal: '1.2.3.4', iqn: 'iqn.x', lun: 256 } } },
        azureDisk: { spec: { hostPath: null, azureDisk: { diskName: 'd', diskURI: 'https://x' } } },
      }),
      ...updates(volume, {
        nothing: {},
        source: { spec: { hostPath: { path: '/other' } } },
        'other source': { spec: { hostPath: null, nfs: { server: 's', path: '/p' } } },
        mode: { spec: { volumeMode: 'Block' } },
        capacity: { spec: { capacity: { storage: '2Gi' } } },
        'bad label': { metadata: { labels: { 'a b': 'x' } } },
      }),
      ...updates(volume, { status: { status: { phase: 'Available' } } }, 'status'),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'limitranges',
    cases: creates(limitRange, {
      minimal: {},
      'all defaults': range({ type: 'Container', max: { cpu: '2', memory: '1Gi' }, min: { cpu: '100m' }, default: { cpu: '1' } }),
      pod: range({ type: 'Pod', max: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
      'claim without storage': range({ type: 'PersistentVolumeClaim', max: { cpu: '1' } }),
      claim: range({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }),
      'odd types': range({ type: 'Odd', max: { cpu: '1' } }, { type: '', max: { cpu: '1' } }, { type: 'example.com/x', max: { odd: '1' } }),
      twice: range({ type: 'Pod', max: { cpu: '1' } }, { type: 'Pod', max: { cpu: '1' } }),
      'min over max': range({ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }),
      'default over max': range({ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' }, defaultRequest: { cpu: '3' } }),
      ratio: range({ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' }, maxLimitRequestRatio: { cpu: '3' } }),
      'small ratio': range({ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }),
      extended: range({ type: 'Container', default: { 'example.com/x': '2' }, defaultRequest: { 'example.com/x': '1' } }),
      'odd resource': range(
        { type: 'Container', max: { pods: '1' } },
        { type: 'PersistentVolumeClaim', max: { storage: '1' }, min: { odd: '1' } },
      ),
    }),
  },
  {
    group: '',
    version: 'v1',
    resource: 'resourcequotas',
    cases: [
      ...creates(quota, {
        minimal: {},
        hard: {
          spec: {
            hard: {
              'requests.cpu': '1500m',
              memory: '1Gi',
              'count/configmaps': '3',
              'requests.example.com/gpu': '1',
              'hugepages-2Mi': '4Mi',
            },
          },
        },
        'odd names': { spec: { hard: { pods: null, odd: '1' } } },
        negative: { spec: { hard: { pods: '-1' } } },
        'broken count': { spec: { hard: { pods: '1500m' } } },
        'odd syntax': { spec: { hard: { pods: null, 'a b': '1' } } },
        'requests over limits': { spec: { hard: { cpu: '2', 'limits.cpu': '1', 'requests.memory': '2Gi', 'limits.memory': '1Gi' } } },
        scopes: { spec: { scopes: ['BestEffort', 'NotBestEffort', 'Odd'] } },
        'scope and resource': { spec: { scopes: ['BestEffort'], hard: { cpu: '1', services: '1' } } },
        'scope selector': {
          spec: {
            scopeSelector: {
              matchExpressions: [
                { scopeName: 'PriorityClass', operator: 'In' },
                { scopeName: 'Terminating', operator: 'In', values: ['x'] },
                { scopeName: 'Odd', operator: 'Odd' },
              ],
            },
          },
        },
        'scope selector and resource': {
          spec: {
            hard: { services: '1' },
            scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists', values: ['x'] }] },
          },
        },
        status: { status: { hard: { pods: '1' }, used: { pods: '0' } } },
      }),
      ...updates(quota, { nothing: {}, hard: { spec: { hard: { pods: '5' } } }, scopes: { spec: { scopes: ['BestEffort'] } } }),
      ...updates(
        quota,
        { status: { status: { hard: { pods: '1' }, used: { pods: '0' } } }, 'bad status': { status: { used: { pods: '-1' } } } },
        'status',
      ),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'nodes',
    clusterScoped: true,
    cases: [
      ...creates(node, {
        minimal: {},
        'bad name': { metadata: { name: 'A_b' } },
        taints: {
          spec: {
            taints: [
              { key: 'a', effect: 'NoSchedule' },
              { key: 'a', effect: 'NoSchedule', value: 'x' },
              { key: '', effect: '' },
              { key: 'b', effect: 'Odd', value: 'no!' },
            ],
          },
        },
        cidrs: { spec: { podCIDR: '10.1.0.0/24' } },
        'two cidrs': { spec: { podCIDRs: ['10.1.0.0/24', '10.2.0.0/24'] } },
        'bad cidrs': { spec: { podCIDRs: ['10.1.0.0', '010.1.0.0/24', '10.1.0.1/24'] } },
        capacity: { status: { capacity: { cpu: '2', pods: '10' } } },
        'broken capacity': { status: { capacity: { 'example.com/x': '1500m' } } },
        'old fields': { spec: { externalID: 'x', configSource: { configMap: {} } } },
        features: { status: { declaredFeatures: ['b', 'B', 'A'] } },
      }),
      ...updates(node, {
        nothing: {},
        unschedulable: { spec: { unschedulable: true } },
        provider: [
          { spec: { providerID: 'a', podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
          { spec: { providerID: 'b', podCIDR: '10.2.0.0/24', podCIDRs: ['10.2.0.0/24'] } },
        ],
        'bad label': { metadata: { labels: { 'a b': 'x' } } },
        status: { status: { capacity: { cpu: '1' } } },
      }),
      ...updates(
        node,
        {
          status: { status: { capacity: { cpu: '1' }, conditions: [{ type: 'Ready', status: 'True' }] } },
          addresses: {
            status: {
              addresses: [
                { type: 'InternalIP', address: 'a' },
                { type: 'InternalIP', address: 'a' },
              ],
            },
          },
        },
        'status',
      ),
    ],
  },
  {
    group: '',
    version: 'v1',
    resource: 'endpoints',
    cases: [
      ...creates(endpoints, {
        minimal: {},
        empty: { subsets: null },
        'no addresses': { subsets: [{ ports: [{ port: 80 }] }] },
        'bad addresses': {
          subsets: [
            {
              addresses: [
                { ip: '' },
                { ip: '127.0.0.1' },
                { ip: '0.0.0.0' },
                { ip: '169.254.1.1' },
                { ip: '224.0.0.1' },
                { ip: '010.1.1.1' },
                { ip: '::ffff:1.2.3.4' },
                { ip: '10.0.0.1', hostname: 'A', nodeName: 'A_b' },
              ],
            },
          ],
        },
        'bad ports': {
          subsets: [
            { notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 0 }, { port: 80, name: 'A', protocol: 'X', appProtocol: 'a b' }] },
          ],
        },
        'long IPv6': { subsets: [{ addresses: [{ ip: '2001:0db8:0:0:0:0:0:1' }] }] },
      }),
      ...updates(endpoints, { nothing: {}, invalid: { subsets: [{}] } }),
    ],
  },
]
