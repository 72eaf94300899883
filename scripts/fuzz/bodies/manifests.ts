import type { Json } from './json.ts'

/** A sound object of a kind, and the path of its list. */
export interface Manifest {
  apiVersion: string
  kind: string
  path: string
  /** Without apiVersion, kind and name. */
  body: { readonly [key: string]: Json }
}

const podSpec = {
  containers: [
    {
      name: 'c',
      image: 'i:1',
      ports: [{ containerPort: 80, name: 'http' }],
      env: [
        { name: 'A', value: '$(B)' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
      livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 3 },
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
      securityContext: { runAsUser: 1, capabilities: { drop: ['ALL'] } },
    },
  ],
  volumes: [
    { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'w', projected: { sources: [{ configMap: { name: 'c' } }] } },
  ],
  tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 3 }],
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'z', labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      ],
    },
  },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
}
const labels = { app: 'x' }
const template = { metadata: { labels }, spec: podSpec }
const workload = { selector: { matchLabels: labels }, template }
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['a'] }
const subject = { kind: 'ServiceAccount', name: 'somebody', namespace: 'default' }
const match = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] }
const webhook = {
  name: 'a.b.c',
  clientConfig: { url: 'https://127.0.0.1:1/x' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  failurePolicy: 'Ignore',
}

const rows: readonly [group: string, kind: string, resource: string, scope: 'n' | 'c', body: { readonly [key: string]: Json }][] = [
  [
    'v1',
    'ConfigMap',
    'configmaps',
    'n',
    { metadata: { labels, annotations: { a: 'b' }, finalizers: ['e.com/f'] }, data: { a: 'b' }, binaryData: { c: 'AA==' } },
  ],
  ['v1', 'Secret', 'secrets', 'n', { type: 'Opaque', data: { a: 'YQ==' }, stringData: { b: 'x' } }],
  ['v1', 'Pod', 'pods', 'n', { metadata: { labels }, spec: podSpec }],
  [
    'v1',
    'Service',
    'services',
    'n',
    { spec: { selector: labels, ports: [{ name: 'a', port: 80, targetPort: 'http', protocol: 'TCP' }], type: 'ClusterIP' } },
  ],
  [
    'v1',
    'ServiceAccount',
    'serviceaccounts',
    'n',
    { secrets: [{ name: 's' }], imagePullSecrets: [{ name: 'p' }], automountServiceAccountToken: false },
  ],
  [
    'v1',
    'Endpoints',
    'endpoints',
    'n',
    { subsets: [{ addresses: [{ ip: '10.0.0.1', targetRef: { kind: 'Pod', name: 'a' } }], ports: [{ port: 80, name: 'a' }] }] },
  ],
  [
    'v1',
    'Event',
    'events',
    'n',
    {
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'NS' },
      reason: 'R',
      message: 'm',
      type: 'Normal',
      count: 1,
      firstTimestamp: '2024-01-01T00:00:00Z',
    },
  ],
  [
    'v1',
    'LimitRange',
    'limitranges',
    'n',
    { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1m' }, default: { cpu: '1' } }] } },
  ],
  [
    'v1',
    'ResourceQuota',
    'resourcequotas',
    'n',
    { spec: { hard: { pods: '5000', 'count/configmaps': '100000' }, scopes: ['BestEffort'] } },
  ],
  [
    'v1',
    'PersistentVolumeClaim',
    'persistentvolumeclaims',
    'n',
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ],
  [
    'v1',
    'PersistentVolume',
    'persistentvolumes',
    'c',
    { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
  ],
  ['v1', 'PodTemplate', 'podtemplates', 'n', { template }],
  ['v1', 'ReplicationController', 'replicationcontrollers', 'n', { spec: { replicas: 1, selector: labels, template } }],
  ['v1', 'Node', 'nodes', 'c', { spec: { podCIDR: '10.1.0.0/24', taints: [{ key: 'a', effect: 'NoSchedule' }] } }],
  [
    'apps/v1',
    'Deployment',
    'deployments',
    'n',
    { spec: { ...workload, replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '30%', maxUnavailable: 1 } } } },
  ],
  [
    'apps/v1',
    'StatefulSet',
    'statefulsets',
    'n',
    {
      spec: {
        ...workload,
        serviceName: 's',
        volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'] } }],
      },
    },
  ],
  ['apps/v1', 'DaemonSet', 'daemonsets', 'n', { spec: { ...workload, updateStrategy: { type: 'OnDelete' } } }],
  ['apps/v1', 'ReplicaSet', 'replicasets', 'n', { spec: { ...workload, replicas: 0 } }],
  ['apps/v1', 'ControllerRevision', 'controllerrevisions', 'n', { revision: 1, data: { a: [1, { b: null }] } }],
  [
    'batch/v1',
    'Job',
    'jobs',
    'n',
    {
      spec: {
        template: { spec: { ...podSpec, restartPolicy: 'Never' } },
        backoffLimit: 3,
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] },
      },
    },
  ],
  [
    'batch/v1',
    'CronJob',
    'cronjobs',
    'n',
    {
      spec: {
        schedule: '*/5 * * * *',
        timeZone: 'Etc/UTC',
        jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
      },
    },
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'horizontalpodautoscalers',
    'n',
    {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
    },
  ],
  ['policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', 'n', { spec: { minAvailable: '50%', selector: { matchLabels: labels } } }],
  [
    'networking.k8s.io/v1',
    'Ingress',
    'ingresses',
    'n',
    {
      spec: {
        rules: [
          { host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] } },
        ],
        tls: [{ hosts: ['a.b'], secretName: 't' }],
      },
    },
  ],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'networkpolicies',
    'n',
    {
      spec: {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80, endPort: 90 }] }],
      },
    },
  ],
  ['networking.k8s.io/v1', 'IngressClass', 'ingressclasses', 'c', { spec: { controller: 'a.b/c', parameters: { kind: 'X', name: 'y' } } }],
  ['networking.k8s.io/v1', 'ServiceCIDR', 'servicecidrs', 'c', { spec: { cidrs: ['10.200.0.0/16'] } }],
  [
    'discovery.k8s.io/v1',
    'EndpointSlice',
    'endpointslices',
    'n',
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }], ports: [{ port: 80, name: 'a' }] },
  ],
  [
    'coordination.k8s.io/v1',
    'Lease',
    'leases',
    'n',
    { spec: { holderIdentity: 'a', leaseDurationSeconds: 5, renewTime: '2024-01-01T00:00:00.000000Z' } },
  ],
  [
    'events.k8s.io/v1',
    'Event',
    'events',
    'n',
    {
      eventTime: '2024-01-01T00:00:00.000000Z',
      reportingController: 'a.b/c',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      regarding: { kind: 'Pod', namespace: 'NS' },
    },
  ],
  ['rbac.authorization.k8s.io/v1', 'Role', 'roles', 'n', { rules: [rule] }],
  [
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    'clusterroles',
    'c',
    {
      rules: [rule, { nonResourceURLs: ['/x*'], verbs: ['get'] }],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'no.such/label': 'x' } }] },
    },
  ],
  [
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    'rolebindings',
    'n',
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [subject] },
  ],
  [
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    'clusterrolebindings',
    'c',
    {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', name: 'nobody-real', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ],
  ['scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', 'c', { value: 10, preemptionPolicy: 'Never' }],
  [
    'node.k8s.io/v1',
    'RuntimeClass',
    'runtimeclasses',
    'c',
    { handler: 'h', overhead: { podFixed: { cpu: '1' } }, scheduling: { nodeSelector: labels } },
  ],
  [
    'storage.k8s.io/v1',
    'StorageClass',
    'storageclasses',
    'c',
    { provisioner: 'a.b/c', parameters: { a: 'b' }, allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: ['b'] }] }] },
  ],
  [
    'storage.k8s.io/v1',
    'CSIDriver',
    'csidrivers',
    'c',
    { spec: { podInfoOnMount: true, tokenRequests: [{ audience: 'a', expirationSeconds: 600 }] } },
  ],
  ['storage.k8s.io/v1', 'CSINode', 'csinodes', 'c', { spec: { drivers: [{ name: 'a.b', nodeID: 'n', topologyKeys: ['a'] }] } }],
  [
    'storage.k8s.io/v1',
    'VolumeAttachment',
    'volumeattachments',
    'c',
    { spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
  ],
  [
    'storage.k8s.io/v1',
    'CSIStorageCapacity',
    'csistoragecapacities',
    'n',
    { storageClassName: 's', capacity: '1Gi', nodeTopology: { matchLabels: labels } },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1',
    'FlowSchema',
    'flowschemas',
    'c',
    {
      spec: {
        priorityLevelConfiguration: { name: 'global-default' },
        matchingPrecedence: 9000,
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'u' } }],
            resourceRules: [{ apiGroups: ['x'], resources: ['y'], verbs: ['get'], clusterScope: true }],
          },
        ],
      },
    },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1',
    'PriorityLevelConfiguration',
    'prioritylevelconfigurations',
    'c',
    { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } } },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    'c',
    { webhooks: [{ ...webhook, rules: [] }] },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    'c',
    { webhooks: [{ ...webhook, rules: [] }] },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicy',
    'validatingadmissionpolicies',
    'c',
    {
      spec: {
        matchConstraints: match,
        validations: [{ expression: 'object.spec.replicas < 5', message: 'm' }],
        variables: [{ name: 'v', expression: '1' }],
      },
    },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    'validatingadmissionpolicybindings',
    'c',
    { spec: { policyName: 'no-such-policy', validationActions: ['Deny'] } },
  ],
  [
    'admissionregistration.k8s.io/v1',
    'MutatingAdmissionPolicy',
    'mutatingadmissionpolicies',
    'c',
    {
      spec: {
        matchConstraints: match,
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 1}}' } }],
      },
    },
  ],
  [
    'certificates.k8s.io/v1',
    'CertificateSigningRequest',
    'certificatesigningrequests',
    'c',
    { spec: { request: 'AAAA', signerName: 'a.b/c', usages: ['client auth'], expirationSeconds: 600 } },
  ],
  [
    'resource.k8s.io/v1',
    'ResourceClaim',
    'resourceclaims',
    'n',
    { spec: { devices: { requests: [{ name: 'a', exactly: { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 } }] } } },
  ],
  [
    'resource.k8s.io/v1',
    'ResourceSlice',
    'resourceslices',
    'c',
    {
      spec: {
        driver: 'a.b',
        nodeName: 'n',
        pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'd', attributes: { a: { string: 'x' } } }],
      },
    },
  ],
  ['resource.k8s.io/v1', 'DeviceClass', 'deviceclasses', 'c', { spec: { selectors: [{ cel: { expression: 'true' } }] } }],
  [
    'fuzz.example.com/v1',
    'Gizmo',
    'gizmos',
    'n',
    { spec: { text: 'a', count: 1, list: [{ name: 'a', port: 1 }], map: { a: 'b' }, free: { x: [1] }, either: '1' } },
  ],
]

export const manifests: readonly Manifest[] = rows.map(([apiVersion, kind, resource, scope, body]) => {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return { apiVersion, kind, path: scope === 'n' ? `${base}/namespaces/NS/${resource}` : `${base}/${resource}`, body }
})
