import type { Random } from '../random-objects.ts'
import type { Part } from './area.ts'

const term = { matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'In', values: ['x'] }] }

/** What a server warns of in Pods and in templates of them. */
export const inPods: readonly ((spec: Part, metadata: Part, random: Random) => void)[] = [
  (_, metadata) => (metadata.annotations = { ...metadata.annotations, 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' }),
  (_, metadata) => (metadata.annotations = { ...metadata.annotations, 'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined' }),
  (_, metadata, random) =>
    (metadata.annotations = { 'container.apparmor.security.beta.kubernetes.io/c': random.pick(['unconfined', 'runtime/default', 'x']) }),
  (_, metadata) =>
    (metadata.annotations = { 'scheduler.alpha.kubernetes.io/critical-pod': '', 'security.alpha.kubernetes.io/sysctls': 'a=b' }),
  (spec, _, random) =>
    (spec.nodeSelector = {
      [random.pick([
        'beta.kubernetes.io/arch',
        'beta.kubernetes.io/os',
        'failure-domain.beta.kubernetes.io/zone',
        'beta.kubernetes.io/instance-type',
        'failure-domain.kubernetes.io/region',
        'a',
      ])]: 'x',
    }),
  (spec) => (spec.affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } }),
  (spec) => (spec.affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term }] } }),
  (spec) =>
    (spec.affinity = {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'failure-domain.beta.kubernetes.io/zone' }] },
    }),
  (spec) =>
    (spec.topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/region', whenUnsatisfiable: 'DoNotSchedule' },
    ]),
  (spec, _, random) =>
    (spec.volumes = [
      {
        name: 'vv',
        ...random.pick<Part>([
          { gitRepo: { repository: 'https://a/b' } },
          { glusterfs: { endpoints: 'e', path: 'p' } },
          { rbd: { monitors: ['m'], image: 'i' } },
          { cephfs: { monitors: ['m'] } },
          { scaleIO: { gateway: 'g', system: 's', secretRef: { name: 'x' } } },
          { storageos: { volumeName: 'a' } },
          { quobyte: { registry: 'a:1', volume: 'v' } },
          { flocker: { datasetName: 'd' } },
          { photonPersistentDisk: { pdID: 'p' } },
          { azureFile: { secretName: 's', shareName: 'h' } },
          { hostPath: { path: '/x' } },
          { persistentVolumeClaim: { claimName: 'c' } },
          { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5' } } } } } },
          { emptyDir: { sizeLimit: '100m' } },
          {
            projected: {
              sources: [
                { configMap: { name: 'c', items: [{ key: 'a', path: 'p' }] } },
                { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
              ],
            },
          },
          {
            projected: {
              sources: [
                { configMap: { name: 'c' } },
                { downwardAPI: { items: [{ path: 'a/b', fieldRef: { fieldPath: 'metadata.name' } }] } },
                { serviceAccountToken: { path: 'a' } },
              ],
            },
          },
          { csi: { driver: 'a.b' } },
        ]),
      },
    ]),
  (spec) =>
    (spec.containers[0].env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
      { name: 'b.c', value: '$(A)' },
    ]),
  (spec) =>
    (spec.containers[0].ports = [
      { containerPort: 80 },
      { containerPort: 80, name: 'x' },
      { containerPort: 80, hostPort: 8080, protocol: 'UDP' },
    ]),
  (spec, _, random) =>
    (spec.containers[0].resources = {
      requests: { [random.pick(['memory', 'ephemeral-storage', 'cpu'])]: random.pick(['100m', '1.5', '0.5']) },
    }),
  (spec) => (spec.imagePullSecrets = [{ name: '' }, { name: 'a' }, { name: 'a' }]),
  (spec) =>
    (spec.hostAliases = [
      { ip: '1.1.1.1', hostnames: ['a'] },
      { ip: '1.1.1.1', hostnames: ['b'] },
      { ip: '010.1.1.1', hostnames: ['b'] },
    ]),
  (spec) => (spec.terminationGracePeriodSeconds = -5),
  (spec) => (spec.overhead = { cpu: '100m', memory: '100m' }),
  (spec) => (spec.hostNetwork = true),
  (spec) =>
    Object.assign(spec, {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['010.0.0.1', '::ffff:1.2.3.4', '1.1.1.1', '1.1.1.1'], searches: ['a', 'a'] },
    }),
  (spec) => (spec.containers[0].volumeDevices = [{ name: 'vv', devicePath: '/x' }]),
  (spec) =>
    (spec.tolerations = [
      { key: 'a', operator: 'Exists' },
      { key: 'a', operator: 'Exists' },
    ]),
  (spec) => (spec.containers[0].lifecycle = { preStop: { sleep: { seconds: 0 } } }),
  (spec, _, random) => (spec.containers[0].image = random.pick([' i', 'i ', 'i@sha256:x', ''])),
  (spec) => (spec.serviceAccount = 'default'),
  (spec) =>
    (spec.securityContext = {
      sysctls: [
        { name: 'a', value: 'b' },
        { name: 'a', value: 'c' },
      ],
      seccompProfile: { type: 'Unconfined' },
    }),
  (spec) => spec.containers.push({ name: 'z', image: 'i', resources: { limits: { cpu: '1' } }, livenessProbe: { grpc: { port: 1 } } }),
  (spec) => (spec.initContainers = [{ name: 'z', image: 'i', ports: [{ containerPort: 80 }], restartPolicy: 'Always' }]),
  (spec) => (spec.activeDeadlineSeconds = 1),
]

const annotate = (key: string, value: string) => (body: Part) => {
  body.metadata.annotations = { ...body.metadata.annotations, [key]: value }
}

/** Of a kind that no server has, so that no garbage collector knows whether it is there. */
const uncontrolled = { apiVersion: 'nobody.example.com/v1', kind: 'Nothing', name: 'a', uid: 'u' }

/** What it warns of in other kinds; of kinds that are not named, in all. */
export const elsewhere: readonly [kind: string, change: (body: Part, random: Random) => void][] = [
  ['PersistentVolume', annotate('volume.beta.kubernetes.io/storage-class', 's')],
  ['PersistentVolume', annotate('volume.beta.kubernetes.io/mount-options', 'ro')],
  ['PersistentVolume', (body) => (body.spec.persistentVolumeReclaimPolicy = 'Recycle')],
  ['PersistentVolume', (body) => (body.spec.capacity = { storage: '1.5' })],
  ['PersistentVolume', (body) => (body.spec.nodeAffinity = { required: { nodeSelectorTerms: [term] } })],
  [
    'PersistentVolume',
    (body, random) => {
      const { hostPath: _h, nfs: _n, ...rest } = body.spec
      body.spec = {
        ...rest,
        ...random.pick<Part>([
          { cephfs: { monitors: ['m'] } },
          { glusterfs: { endpoints: 'e', path: 'p' } },
          { rbd: { monitors: ['m'], image: 'i' } },
          { storageos: { volumeName: 'a', volumeNamespace: 'b' } },
          { quobyte: { registry: 'a:1', volume: 'v' } },
          { flocker: { datasetName: 'd' } },
          { scaleIO: { gateway: 'g', system: 's', secretRef: { name: 'x', namespace: 'y' } } },
          { photonPersistentDisk: { pdID: 'p' } },
        ]),
      }
    },
  ],
  ['PersistentVolumeClaim', annotate('volume.beta.kubernetes.io/storage-class', 's')],
  ['PersistentVolumeClaim', (body) => (body.spec.resources = { requests: { storage: '1500m' }, limits: { storage: '2500m' } })],
  [
    'StorageClass',
    (body) => (body.allowedTopologies = [{ matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }]),
  ],
  ['CSIStorageCapacity', (body) => (body.nodeTopology = { matchLabels: { 'beta.kubernetes.io/arch': 'x' } })],
  [
    'Node',
    (body) => (body.spec = { ...body.spec, configSource: { configMap: { name: 'a', namespace: 'b', kubeletConfigKey: 'k', uid: 'u' } } }),
  ],
  ['Node', (body) => (body.spec = { ...body.spec, externalID: 'x' })],
  ['Node', (body) => (body.spec = { ...body.spec, podCIDR: '10.0.0.1/24', podCIDRs: ['10.0.0.1/24'] })],
  ['RuntimeClass', (body) => (body.scheduling = { nodeSelector: { 'beta.kubernetes.io/os': 'x' } })],
  ['RuntimeClass', (body) => (body.overhead = { podFixed: { memory: '100m' } })],
  ['Service', (body) => (body.spec.externalIPs = ['010.1.1.1', '1.2.3.4'])],
  ['Service', (body) => Object.assign(body.spec, { type: 'LoadBalancer', loadBalancerIP: '01.2.3.4' })],
  ['Service', (body) => Object.assign(body.spec, { type: 'LoadBalancer', loadBalancerSourceRanges: ['1.2.3.4/8', ' 10.0.0.0/8'] })],
  ['Service', (body) => Object.assign(body.spec, { type: 'ClusterIP', clusterIP: 'None', sessionAffinity: 'ClientIP' })],
  [
    'Service',
    (body) =>
      Object.assign(body.spec, {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81, targetPort: 80 },
        ],
      }),
  ],
  ['Service', annotate('service.alpha.kubernetes.io/tolerate-unready-endpoints', 'true')],
  ['Service', annotate('service.kubernetes.io/topology-aware-hints', 'auto')],
  ['Service', annotate('service.kubernetes.io/topology-mode', 'x')],
  ['Service', (body) => (body.spec.trafficDistribution = 'PreferClose')],
  ['Ingress', annotate('kubernetes.io/ingress.class', 'x')],
  [
    'Ingress',
    (body) =>
      (body.spec.rules = [
        {
          host: 'a.b',
          http: {
            paths: [
              { path: '/a', pathType: 'Exact', backend: { service: { name: 's', port: { number: 1 } } } },
              { path: '/a', pathType: 'Exact', backend: { service: { name: 's', port: { number: 1 } } } },
            ],
          },
        },
      ]),
  ],
  [
    'NetworkPolicy',
    (body) => (body.spec = { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.1/8', except: ['10.1.0.1/16'] } }] }] }),
  ],
  ['CronJob', (body) => (body.spec.schedule = 'TZ=UTC * * * * *')],
  ['CronJob', (body) => (body.spec.schedule = 'CRON_TZ=UTC * * * * *')],
  ['CronJob', (body) => Object.assign(body.spec, { startingDeadlineSeconds: 5, timeZone: 'Etc/UTC' })],
  ['CronJob', (body) => (body.metadata.name = `${body.metadata.name}${'-x'.repeat(14)}`)],
  ['Job', (body) => (body.metadata.name = `${body.metadata.name}.a${'-x'.repeat(28)}`)],
  ['Job', (body) => Object.assign(body.spec, { completions: 200_000, parallelism: 20_000, completionMode: 'Indexed' })],
  ['Pod', (body) => (body.metadata.name = `${body.metadata.name}.x.y`)],
  [
    'StatefulSet',
    (body) =>
      (body.spec.volumeClaimTemplates = [
        { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5' } } } },
      ]),
  ],
  ['StatefulSet', (body) => (body.spec.revisionHistoryLimit = -1)],
  ['Deployment', (body) => (body.metadata.name = `${body.metadata.name}${'-x'.repeat(25)}.a`)],
  ['PodDisruptionBudget', (body) => (body.spec.selector = {})],
  ['EndpointSlice', (body) => Object.assign(body, { addressType: 'IPv4', endpoints: [{ addresses: ['010.0.0.1'] }] })],
  ['EndpointSlice', (body) => Object.assign(body, { addressType: 'FQDN', endpoints: [{ addresses: ['a.b'] }] })],
  ['EndpointSlice', (body) => Object.assign(body, { addressType: 'IPv6', endpoints: [{ addresses: ['2001:DB8::1'] }] })],
  [
    'Endpoints',
    (body) => (body.subsets = [{ addresses: [{ ip: '010.0.0.1' }], notReadyAddresses: [{ ip: '::ffff:1.2.3.4' }], ports: [{ port: 1 }] }]),
  ],
  ['Endpoints', annotate('endpoints.kubernetes.io/over-capacity', 'x')],
  ['ServiceAccount', annotate('kubernetes.io/enforce-mountable-secrets', 'true')],
  ['ServiceAccount', (body) => (body.secrets = [{ name: 'a' }, { name: 'a' }, { name: '' }])],
  ['Secret', (body) => Object.assign(body, { type: 'kubernetes.io/tls', data: { 'tls.crt': 'AA==', 'tls.key': 'AA==' } })],
  ['Secret', (body) => Object.assign(body, { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } })],
  ['HorizontalPodAutoscaler', annotate('autoscaling.alpha.kubernetes.io/metrics', '[]')],
  ['HorizontalPodAutoscaler', annotate('autoscaling.alpha.kubernetes.io/behavior', 'x')],
  ['CertificateSigningRequest', (body) => (body.spec.signerName = 'kubernetes.io/legacy-unknown')],
  ['PriorityClass', (body) => (body.value = 2_000_000_000)],
  ['ServiceCIDR', (body) => (body.spec = { cidrs: ['010.0.0.0/8'] })],
  [
    'ValidatingWebhookConfiguration',
    (body) => Object.assign(body.webhooks[0], { timeoutSeconds: 30, failurePolicy: 'Fail', matchPolicy: 'Exact' }),
  ],
  ['*', (body) => (body.metadata.finalizers = ['x'])],
  ['*', (body) => (body.metadata.finalizers = ['kubernetes', 'foregroundDeletion', 'a/b'])],
  ['*', (body) => (body.metadata.ownerReferences = [uncontrolled, uncontrolled])],
  ['*', (body) => (body.bogus = 1)],
  ['*', annotate('kubectl.kubernetes.io/last-applied-configuration', '{}')],
  ['*', (body) => (body.metadata.managedFields = [{ manager: 'm', operation: 'Apply', apiVersion: 'v1' }])],
  ['*', (body) => (body.metadata.clusterName = 'x')],
]
