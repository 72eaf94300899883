import { mergePatch } from '../../merge-patch.mjs'
import { creates, updates } from '../../variants.mjs'

// What admission plugins would add is there already, so that the answers show the strategy alone.
const base = {
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  tolerations: [{ operator: 'Exists' }],
  priority: 0,
  preemptionPolicy: 'PreemptLowerPriority',
}
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { ...base, containers: [{ name: 'c', image: 'nginx:1.29' }] },
}
const container = (...patches) => ({ spec: { containers: patches.map((patch, i) => ({ name: `c${i}`, image: 'nginx', ...patch })) } })
const initContainer = (...patches) => ({
  spec: { initContainers: patches.map((patch, i) => ({ name: `i${i}`, image: 'nginx', ...patch })) },
})
const volumes = (...list) => ({ spec: { volumes: list.map((source, i) => ({ name: `v${i}`, ...source })) } })
const resources = (limits, requests) => ({ resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) } })
const term = (rest = {}) => ({ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } }, ...rest })
const requiredTerms = (...terms) => ({ requiredDuringSchedulingIgnoredDuringExecution: terms })
const spread = (...constraints) => ({
  spec: {
    topologySpreadConstraints: constraints.map((c) => ({
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { a: 'b' } },
      ...c,
    })),
  },
})
const http = { httpGet: { port: 80 } }

const podVariants = {
  minimal: {},
  'bad name': { metadata: { name: 'Bad_Name' } },
  'dots in the name': { metadata: { name: 'a.b' } },
  'long name': { metadata: { name: 'a'.repeat(64) } },
  'no spec': { spec: { containers: null } },
  'no name, no image': container({ name: null, image: null }),
  'names twice': container({ name: 'a' }, { name: 'a' }, { name: 'A.b' }, { name: 'a.b' }),
  'image tags': container(
    { image: 'nginx' },
    { image: 'nginx:latest' },
    { image: 'nginx:1' },
    { image: `nginx@sha256:${'a'.repeat(64)}` },
    { image: 'host:5000/x' },
    { image: 'host:5000/x:2' },
    { image: 'UPPER' },
    { image: 'UPPER/x' },
    { image: 'a//b' },
  ),
  'image with spaces': container({ image: ' nginx ' }),
  'odd enumerations': {
    spec: {
      restartPolicy: 'Odd',
      dnsPolicy: 'Odd',
      preemptionPolicy: 'PreemptLowerPriority',
      containers: [{ name: 'c', image: 'x', imagePullPolicy: 'Odd', terminationMessagePolicy: 'Odd' }],
    },
  },
  ports: container({ ports: [{ containerPort: 80 }, { containerPort: 81, name: 'http', protocol: 'UDP', hostPort: 81 }] }),
  'bad ports': container({
    ports: [
      { containerPort: 0 },
      { containerPort: 70000, hostPort: -1, protocol: 'X', name: 'TOO-LONG-A-NAME--' },
      { containerPort: 80, name: 'a' },
      { containerPort: 81, name: 'a' },
    ],
  }),
  'ports twice': container(
    { ports: [{ containerPort: 80 }, { containerPort: 80 }] },
    {
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 80, hostPort: 80, hostIP: '10.1.1.1' },
      ],
    },
  ),
  'port names twice': container(
    { ports: [{ containerPort: 80, name: 'a' }] },
    { ports: [{ containerPort: 81, name: 'a', hostIP: '10.1.1.1' }] },
  ),
  'host ports twice': container({ ports: [{ containerPort: 80, hostPort: 80 }] }, { ports: [{ containerPort: 80, hostPort: 80 }] }),
  'host network': { spec: { hostNetwork: true, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }] } },
  'host network, other port': {
    spec: { hostNetwork: true, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort: 81 }] }] },
  },
  env: container({
    env: [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'D', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'E', valueFrom: { configMapKeyRef: { name: 's', key: 'k', optional: true } } },
      { name: 'F', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a']" } } },
    ],
    envFrom: [{ prefix: 'P_', configMapRef: { name: 'x' } }, { secretRef: { name: 'y' } }],
  }),
  'bad env': container({
    env: [
      { value: 'x' },
      { name: 'a=b' },
      { name: 'ü' },
      { name: 'A', valueFrom: {} },
      { name: 'B', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 'S', key: 'a b' } } },
      { name: 'D', valueFrom: { fieldRef: { fieldPath: 'spec.odd' } } },
      { name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
      { name: 'F', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
      { name: 'G', valueFrom: { fieldRef: { fieldPath: "spec.nodeName['a']" } } },
      { name: 'H', valueFrom: { fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } } },
      { name: 'I', valueFrom: { fieldRef: { fieldPath: '' } } },
      { name: 'J', valueFrom: { resourceFieldRef: { resource: 'limits.odd' } } },
      { name: 'K', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1k' } } },
      { name: 'L', valueFrom: { resourceFieldRef: { resource: 'requests.memory', divisor: '2' } } },
      { name: 'M', valueFrom: { configMapKeyRef: { name: '', key: '' } } },
    ],
    envFrom: [{}, { configMapRef: { name: 'A' }, secretRef: { name: '' }, prefix: 'a=' }],
  }),
  'env twice': container({
    env: [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
      { name: 'A', value: '$(A):3' },
    ],
  }),
  'env from files': {
    spec: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', configMap: { name: 'x' } },
      ],
      containers: [
        {
          name: 'c',
          image: 'x',
          env: ['v', 'w', 'z'].map((volumeName, i) => ({ name: `A${i}`, valueFrom: { fileKeyRef: { volumeName, path: 'p', key: 'K' } } })),
        },
      ],
    },
  },
  volumes: volumes(
    {},
    { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    { configMap: { name: 'x' } },
    { secret: { secretName: 'y', items: [{ key: 'k', path: 'p', mode: 256 }] } },
    { hostPath: { path: '/x' } },
    { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    { persistentVolumeClaim: { claimName: 'z' } },
    { nfs: { server: 's', path: '/p' } },
    { image: { reference: 'x:1' } },
  ),
  'projected volume': volumes({
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token' } },
        { configMap: { name: 'x', items: [{ key: 'k', path: 'p' }] } },
        { secret: { name: 'y' } },
        { downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  }),
  'bad projected volume': volumes({
    projected: {
      defaultMode: 1000,
      sources: [
        { serviceAccountToken: { path: '../x', expirationSeconds: 1 } },
        { serviceAccountToken: { path: '' } },
        { configMap: { items: [{ key: '', path: '/p', mode: -1 }] }, secret: { name: 'y', items: [{ key: 'k', path: '/p' }] } },
        {
          downwardAPI: {
            items: [
              { path: '..x' },
              { path: 'a', fieldRef: { fieldPath: 'metadata.name' }, resourceFieldRef: { resource: 'limits.cpu' } },
              { path: 'b', resourceFieldRef: { resource: 'limits.cpu' } },
            ],
          },
        },
      ],
    },
  }),
  'no projected sources': volumes({ projected: { sources: [{}] } }, { projected: {} }),
  'overlapping files': volumes(
    {
      configMap: {
        name: 'x',
        items: [
          { key: 'a', path: 'p' },
          { key: 'b', path: 'p/q' },
        ],
      },
    },
    {
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
          { configMap: { name: 'x', items: [{ key: 'a', path: 'p/' }] } },
        ],
      },
    },
  ),
  'bad volumes': {
    spec: {
      volumes: [
        { name: 'A' },
        { configMap: {} },
        { name: 'b', secret: {}, configMap: { name: 'x' } },
        { name: 'c', hostPath: { path: '../x', type: 'Odd' } },
        { name: 'd', persistentVolumeClaim: { claimName: '' } },
        { name: 'e', emptyDir: { sizeLimit: '-1' } },
        { name: 'e', nfs: { server: '', path: 'x' } },
        { name: 'f', secret: { secretName: 's', defaultMode: 512, items: [{ key: '', path: '..' }] } },
        { name: 'f', emptyDir: {} },
        { name: 'f', emptyDir: {} },
      ],
    },
  },
  'old volumes': volumes(
    { gitRepo: { repository: 'x' } },
    { glusterfs: { endpoints: 'e', path: 'p' } },
    { rbd: { monitors: ['m'], image: 'i' } },
    { cephfs: { monitors: ['m'] } },
    { azureDisk: { diskName: 'd', diskURI: 'https://u' } },
    { iscsi: { targetPortal: 't', iqn: 'iqn.2001-04.com.example:storage', lun: 0 } },
    { scaleIO: { gateway: 'g', system: 's', volumeName: 'v', secretRef: { name: 'x' } } },
  ),
  'bad old volumes': volumes(
    { gitRepo: { repository: '', directory: '/x' } },
    { glusterfs: {} },
    { iscsi: { targetPortal: '', iqn: 'x', lun: 300, initiatorName: 'eui.x', chapAuthSession: true } },
    { fc: {} },
    { fc: { targetWWNs: ['a'], wwids: ['b'], lun: 256 } },
    { flocker: {} },
    { quobyte: { registry: 'x', volume: '' } },
    { flexVolume: { driver: '', options: { 'kubernetes.io/x': 'y' } } },
    { azureDisk: { diskName: '', diskURI: 'x', kind: 'Managed', cachingMode: 'Odd' } },
    { storageos: { volumeName: 'A', secretRef: {} } },
    { csi: { driver: '', nodePublishSecretRef: {} } },
    { csi: { driver: 'A_b' } },
    { gcePersistentDisk: { pdName: '', partition: 300 } },
    { cinder: { volumeID: '', secretRef: {} } },
  ),
  'ephemeral volume': volumes({
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels: { a: 'b' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  }),
  'bad ephemeral volume': volumes(
    { ephemeral: {} },
    { ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: {} } } },
    { persistentVolumeClaim: { claimName: 'web-v1' } },
  ),
  mounts: {
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        {
          name: 'c',
          image: 'x',
          volumeMounts: [{ name: 'v', mountPath: '/a', subPath: 'x', readOnly: true, recursiveReadOnly: 'IfPossible' }],
        },
      ],
    },
  },
  'bad mounts': {
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        {
          name: 'c',
          image: 'x',
          volumeMounts: [
            { name: 'w', mountPath: '/a' },
            { name: 'v', mountPath: '/a', subPath: '/x', subPathExpr: '../x' },
            { mountPath: '' },
            { name: 'v', mountPath: '/b', mountPropagation: 'Bidirectional', recursiveReadOnly: 'Enabled' },
            { name: 'v', mountPath: '/c', mountPropagation: 'Odd', recursiveReadOnly: 'Odd' },
          ],
          volumeDevices: [
            { name: 'v', devicePath: '/a' },
            { name: 'q', devicePath: '' },
            { name: '', devicePath: '/../x' },
          ],
        },
      ],
    },
  },
  probes: container({
    livenessProbe: http,
    readinessProbe: { exec: { command: ['x'] }, periodSeconds: 3 },
    startupProbe: { grpc: { port: 1 } },
    lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: { httpGet: { port: 'http', path: '/x' } } },
  }),
  'bad probes': container({
    livenessProbe: { httpGet: { port: 0, scheme: 'X', httpHeaders: [{ name: 'a b', value: '' }] }, successThreshold: 2, periodSeconds: -1 },
    readinessProbe: { exec: {}, tcpSocket: { port: 'A' }, terminationGracePeriodSeconds: 3 },
    startupProbe: { terminationGracePeriodSeconds: 0 },
    lifecycle: { preStop: { sleep: { seconds: 50 } }, postStart: {} },
  }),
  'stop signal': container({ lifecycle: { stopSignal: 'SIGUSR1' } }),
  'resources guaranteed': container(resources({ cpu: '1', memory: '1Gi' })),
  'resources burstable': container(resources({ cpu: '1' }, { cpu: '0.5', memory: '1.5Gi' })),
  'resources rounded': container(resources({ cpu: '1.0001', memory: '128974848000m' })),
  'requests over limits': container(resources({ cpu: '1' }, { cpu: '2' }), resources({ memory: '1Gi' }, { memory: '1.5Gi' })),
  'odd resources': container(
    resources({ odd: '1' }),
    resources({ 'a b': '1' }),
    resources({ pods: '1' }),
    resources({ 'requests.example.com/x': '1' }),
    resources({ 'example.com/x': '1500m' }),
    resources(null, { 'example.com/y': '1' }),
    resources(null, { cpu: '-1' }),
  ),
  'huge pages': container(
    resources({ 'hugepages-2Mi': '3Mi' }, null),
    resources({ 'hugepages-2Mi': '4Mi', cpu: '1' }, { 'hugepages-2Mi': '2Mi' }),
  ),
  'fractional memory': container(resources({ memory: '100m' })),
  claims: {
    spec: {
      resourceClaims: [{ name: 'a', resourceClaimName: 'x' }],
      containers: [{ name: 'c', image: 'x', resources: { claims: [{ name: 'a' }] } }],
    },
  },
  'bad claims': {
    spec: {
      resourceClaims: [
        { name: 'a' },
        { name: 'a', resourceClaimName: 'x', resourceClaimTemplateName: 'y' },
        { name: '', resourceClaimName: 'X' },
      ],
      containers: [{ name: 'c', image: 'x', resources: { claims: [{ name: 'a' }, { name: 'a' }, { name: 'z' }, {}] } }],
    },
  },
  'pod resources': {
    spec: {
      resources: { limits: { cpu: '2', memory: '1Gi' } },
      containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '500m' } } }],
    },
  },
  'odd pod resources': { spec: { resources: { limits: { 'ephemeral-storage': '1' }, claims: [{ name: 'x' }] } } },
  'bad pod resources': {
    spec: {
      resources: { limits: { cpu: '1' }, requests: { cpu: '100m' } },
      containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '500m' }, limits: { cpu: '3' } } }],
    },
  },
  'resize policy': container({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
  'bad resize policy': mergePatch(
    container({
      resizePolicy: [
        { resourceName: 'cpu', restartPolicy: 'Odd' },
        { resourceName: 'cpu', restartPolicy: 'RestartContainer' },
        { resourceName: 'x', restartPolicy: '' },
      ],
    }),
    { spec: { restartPolicy: 'Never' } },
  ),
  'init containers': initContainer({}, { restartPolicy: 'Always', livenessProbe: http, image: 'x:1' }),
  'bad init containers': initContainer(
    { name: 'c', livenessProbe: http, lifecycle: {}, restartPolicy: 'Odd' },
    { restartPolicyRules: [{ action: 'Restart' }] },
    {
      resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
      ports: [
        { containerPort: 1, hostPort: 1 },
        { containerPort: 1, hostPort: 1 },
      ],
    },
  ),
  'restart rules': container(
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] },
    { restartPolicyRules: [{ action: 'Odd', exitCodes: { operator: 'Odd' } }, { action: 'Restart' }] },
  ),
  'ephemeral containers': { spec: { ephemeralContainers: [{ name: 'e', image: 'x', targetContainerName: 'c' }] } },
  'security contexts': {
    spec: {
      securityContext: {
        runAsUser: 1000,
        runAsNonRoot: true,
        fsGroup: 2000,
        seccompProfile: { type: 'RuntimeDefault' },
        supplementalGroups: [1],
        sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      },
      containers: [
        {
          name: 'c',
          image: 'x',
          securityContext: {
            privileged: true,
            capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
            readOnlyRootFilesystem: true,
            procMount: 'Default',
          },
        },
      ],
    },
  },
  'bad security contexts': {
    spec: {
      hostPID: true,
      shareProcessNamespace: true,
      hostNetwork: true,
      securityContext: {
        runAsUser: -1,
        runAsGroup: 4294967296,
        fsGroup: -1,
        supplementalGroups: [-1],
        fsGroupChangePolicy: 'Odd',
        seccompProfile: { type: 'Localhost' },
        appArmorProfile: { type: 'Odd' },
        supplementalGroupsPolicy: 'Odd',
        seLinuxChangePolicy: 'MountOption',
        sysctls: [
          { name: '', value: '1' },
          { name: 'A', value: '' },
          { name: 'net.x', value: '' },
          { name: 'net/x', value: '' },
          { name: 'kernel.shmmax', value: '' },
          { name: 'kernel.shmmax', value: '' },
        ],
      },
      containers: [
        {
          name: 'c',
          image: 'x',
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: true,
            capabilities: { add: ['CAP_SYS_ADMIN'] },
            procMount: 'Unmasked',
            seccompProfile: { type: 'Unconfined', localhostProfile: 'x' },
            appArmorProfile: { type: 'Localhost', localhostProfile: ' x' },
            runAsUser: -5,
          },
        },
      ],
    },
  },
  'user namespace': { spec: { hostUsers: false } },
  'user namespace of the host': { spec: { hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true } },
  windows: {
    spec: {
      os: { name: 'windows' },
      securityContext: { fsGroup: 1, windowsOptions: { runAsUserName: 'a\\b' } },
      containers: [{ name: 'c', image: 'x', securityContext: { runAsUser: 1, capabilities: {} } }],
    },
  },
  'windows options': {
    spec: {
      securityContext: { windowsOptions: { runAsUserName: '', gmsaCredentialSpec: '', gmsaCredentialSpecName: 'A' } },
      containers: [
        { name: 'c', image: 'x', securityContext: { windowsOptions: { runAsUserName: 'a\\b\\c', hostProcess: true } } },
        { name: 'd', image: 'x', securityContext: { windowsOptions: { runAsUserName: '*' } } },
      ],
    },
  },
  linux: { spec: { os: { name: 'linux' }, securityContext: { windowsOptions: {} } } },
  'odd os': { spec: { os: { name: 'odd' } } },
  'no os': { spec: { os: {} } },
  names: {
    spec: {
      serviceAccountName: 'default',
      nodeName: 'A_b',
      hostname: 'A',
      subdomain: 'b.c',
      activeDeadlineSeconds: 0,
      runtimeClassName: null,
      schedulerName: 'mine',
    },
  },
  'host aliases': { spec: { hostAliases: [{ ip: 'x', hostnames: ['A', 'b'] }, { ip: '10.1.1.1' }, { ip: '10.1.1.1' }] } },
  'host aliases twice': { spec: { hostAliases: [{ ip: '2001:DB8::1', hostnames: ['b'] }, { ip: '10.1.1.1' }, { ip: '10.1.1.1' }] } },
  'pull secrets': { spec: { imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}] } },
  dns: {
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.1.1.1'], searches: ['a_b.c.', '.'], options: [{ name: 'ndots', value: '2' }] },
    },
  },
  'no dns': { spec: { dnsPolicy: 'None' } },
  'bad dns': { spec: { dnsPolicy: 'None', dnsConfig: { searches: ['x'] } } },
  'much dns': {
    spec: {
      dnsConfig: {
        nameservers: ['a', '1.1.1.1', '1.1.1.1', '1.1.1.1'],
        searches: Array.from({ length: 33 }, (_, i) => `s${i}${i === 3 ? '!' : ''}`),
        options: [{}],
      },
    },
  },
  gates: { spec: { readinessGates: [{ conditionType: 'a b' }], schedulingGates: [{ name: 'a/b' }] } },
  'bad gates': { spec: { nodeName: 'n', schedulingGates: [{ name: 'a' }, { name: 'a' }, { name: 'b c' }] } },
  tolerations: {
    spec: {
      tolerations: [
        { operator: 'Exists' },
        { key: 'a b', value: 'c d' },
        { key: '', operator: 'Equal' },
        { key: 'a', operator: 'Exists', value: 'x' },
        { key: 'a', operator: 'Odd', effect: 'Odd' },
        { key: 'a', operator: 'Gt', value: '1' },
        { key: 'a', tolerationSeconds: 3, effect: 'NoSchedule' },
      ],
    },
  },
  'node affinity': {
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'In', values: ['x'] }],
                matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
              },
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'In', values: ['not ok'] }] } },
          ],
        },
      },
    },
  },
  'bad node affinity': {
    spec: {
      nodeSelector: { 'a b': 'c d' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'a b', operator: 'In' },
                  { key: 'a', operator: 'Exists', values: ['x'] },
                  { key: 'a', operator: 'Gt' },
                  { key: 'a', operator: 'Odd', values: ['not ok'] },
                ],
                matchFields: [
                  { key: 'x', operator: 'Exists' },
                  { key: 'metadata.name', operator: 'In', values: [] },
                  { key: 'metadata.name', operator: 'In', values: ['A'] },
                ],
              },
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }],
        },
      },
    },
  },
  'no node terms': { spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } } },
  'old node selector': { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } },
  'pod affinity': {
    metadata: { labels: { app: 'x', v: '1' } },
    spec: {
      affinity: {
        podAffinity: requiredTerms(term({ matchLabelKeys: ['app'], mismatchLabelKeys: ['v'] })),
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term() }] },
      },
    },
  },
  'bad pod affinity': {
    spec: {
      affinity: {
        podAffinity: requiredTerms(
          term({ topologyKey: '', namespaces: ['A'], namespaceSelector: { matchLabels: { 'a b': 'c' } } }),
          term({ labelSelector: null, matchLabelKeys: ['x'] }),
          term({ matchLabelKeys: ['a', 'x y'], mismatchLabelKeys: ['a'] }),
        ),
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 101, podAffinityTerm: term({ labelSelector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] } }) },
          ],
        },
      },
    },
  },
  'pod affinity without selector': { spec: { affinity: { podAffinity: requiredTerms(term({ labelSelector: null })) } } },
  'topology spread': mergePatch(
    spread({ matchLabelKeys: ['app'] }, { topologyKey: 'beta.kubernetes.io/os', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: null }),
    { metadata: { labels: { app: 'x' } } },
  ),
  'bad topology spread': spread(
    { maxSkew: 0, topologyKey: '', minDomains: 0 },
    { whenUnsatisfiable: 'Odd', minDomains: 1 },
    { nodeAffinityPolicy: 'Odd', nodeTaintsPolicy: 'Odd' },
    { matchLabelKeys: ['x y', 'a'] },
    { labelSelector: { matchLabels: { 'a b': 'c' } } },
  ),
  'hostname override': { spec: { hostnameOverride: 'a.b' } },
  'bad hostname override': { spec: { hostnameOverride: `A${'b'.repeat(64)}`, setHostnameAsFQDN: true, hostNetwork: true } },
  overhead: { spec: { terminationGracePeriodSeconds: 0 } },
  'negative grace period': { spec: { terminationGracePeriodSeconds: -5 } },
  'old annotations': {
    metadata: {
      annotations: {
        'scheduler.alpha.kubernetes.io/critical-pod': '',
        'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
        'container.seccomp.security.alpha.kubernetes.io/c': 'docker/default',
        'pod.beta.kubernetes.io/init-containers': 'x',
      },
    },
  },
  'bad annotations': {
    metadata: {
      annotations: {
        'controller.kubernetes.io/pod-deletion-cost': '01',
        'seccomp.security.alpha.kubernetes.io/pod': 'odd',
        'container.apparmor.security.beta.kubernetes.io/z': 'odd',
      },
    },
  },
  'annotations and fields differ': {
    metadata: {
      annotations: {
        'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
        'container.apparmor.security.beta.kubernetes.io/c': 'localhost/x',
      },
    },
    spec: {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'c', image: 'x', securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }],
    },
  },
  'status is set': { status: { phase: 'Running', podIP: '10.1.1.1' } },
  finalizers: { metadata: { finalizers: ['x', 'example.com/y'] } },
}

const gated = mergePatch(pod, { spec: { schedulingGates: [{ name: 'a/b' }], nodeSelector: { a: 'b' } } })
const sized = mergePatch(pod, {
  spec: { containers: [{ name: 'c', image: 'x', ...resources({ cpu: '1', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' }) }] },
})
const one = (patch) => ({ spec: { containers: [{ ...pod.spec.containers[0], ...patch }] } })

const podUpdates = [
  ...updates(pod, {
    nothing: {},
    image: { spec: { containers: [{ name: 'c', image: 'nginx:1.30', imagePullPolicy: 'IfNotPresent' }] } },
    labels: { metadata: { labels: { a: 'b' } } },
    'bad label': { metadata: { labels: { 'a b': 'x' } } },
    'no image': one({ image: '' }),
    command: one({ command: ['x'] }),
    'two fields': { spec: { hostname: 'x', containers: [{ name: 'c', image: 'nginx:1.30', env: [{ name: 'A', value: '<1>' }] }] } },
    'more containers': { spec: { containers: [...pod.spec.containers, { name: 'd', image: 'x' }] } },
    'restart policy': { spec: { restartPolicy: 'Never' } },
    'node name': { spec: { nodeName: 'n' } },
    volumes: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
    deadline: { spec: { activeDeadlineSeconds: 10 } },
    'deadline gone': [{ spec: { activeDeadlineSeconds: 10 } }, { spec: { activeDeadlineSeconds: null } }],
    'deadline later': [{ spec: { activeDeadlineSeconds: 10 } }, { spec: { activeDeadlineSeconds: 20 } }],
    'toleration added': { spec: { tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'Exists' }] } },
    'toleration gone': { spec: { tolerations: null } },
    'gates added': { spec: { schedulingGates: [{ name: 'a/b' }] } },
    'security context': { spec: { securityContext: { runAsUser: 1 } } },
    'status is kept': { status: { phase: 'Running' } },
    'app armor annotation': {
      metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined', 'kubernetes.io/config.mirror': 'x' } },
    },
    resources: one(resources({ cpu: '1' })),
  }),
  ...updates(gated, {
    'gate gone': { spec: { schedulingGates: null } },
    'gated, node selector': { spec: { nodeSelector: { c: 'd' } } },
    'gated, other node selector': { spec: { nodeSelector: { a: 'c' } } },
    'gated, affinity': {
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
            },
          },
        },
      },
    },
  }),
  ...updates(
    pod,
    {
      status: {
        status: {
          phase: 'Running',
          podIP: '10.1.1.1',
          podIPs: [{ ip: '10.1.1.1' }],
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [{ name: 'c', state: { running: {} }, ready: true, restartCount: 0, image: 'x', imageID: 'y' }],
        },
        metadata: { labels: { a: 'b' } },
        spec: { nodeName: 'n' },
      },
      'bad status': {
        status: {
          podIPs: [{ ip: 'x' }, { ip: '10.1.1.1' }],
          hostIP: '10.1.1.1',
          hostIPs: [{ ip: '10.1.1.2' }],
          conditions: [{ type: 'a b', status: 'True' }],
          qosClass: 'Guaranteed',
          nominatedNodeName: 'A',
          resourceClaimStatuses: [{ name: 'x' }],
        },
      },
      'allocated resources': {
        status: {
          nodeAllocatableResourceClaimStatuses: [{}],
          containerStatuses: [
            {
              ...{ name: 'c', ready: true, restartCount: 0, image: 'x', imageID: 'y', user: { linux: { uid: -5, gid: 0 } } },
              allocatedResourcesStatus: [
                { name: 'cpu', resources: [{ resourceID: 'a' }, { resourceID: 'a', health: 'Healthy' }] },
                { name: 'claim:a' },
                {},
              ],
            },
            {
              ...{ name: 'nobody', ready: true, restartCount: 0, image: 'x', imageID: 'y' },
              allocatedResourcesStatus: [{ name: 'cpu', resources: [{ health: 'x' }] }],
            },
          ],
          ephemeralContainerStatuses: [
            { name: 'e', ready: true, restartCount: 0, image: 'x', imageID: 'y', allocatedResourcesStatus: [{ name: 'cpu' }] },
          ],
        },
      },
      'resources of a feature that is off': { status: { nodeAllocatableResourceClaimStatuses: [{}] } },
      'ended containers run again': [
        {
          subresource: 'status',
          status: {
            containerStatuses: [
              { name: 'c', state: { terminated: { exitCode: 0 } }, ready: false, restartCount: 0, image: 'x', imageID: 'y' },
            ],
          },
        },
        { status: { containerStatuses: [{ name: 'c', state: { running: {} }, ready: true, restartCount: 0, image: 'x', imageID: 'y' }] } },
      ],
    },
    'status',
  ),
  ...updates(
    pod,
    {
      'debug container': {
        spec: { ephemeralContainers: [{ name: 'e', image: 'x', targetContainerName: 'c' }], hostname: 'ignored' },
        metadata: { labels: { a: 'b' } },
      },
      'bad debug container': {
        spec: {
          ephemeralContainers: [
            {
              name: 'c',
              image: 'x',
              ports: [{ containerPort: 1 }],
              ...resources({ cpu: '1' }),
              livenessProbe: http,
              targetContainerName: 'z',
              volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 's' }],
            },
          ],
        },
      },
      'debug container gone': [
        { subresource: 'ephemeralcontainers', spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } },
        { spec: { ephemeralContainers: null } },
      ],
      'debug container changed': [
        { subresource: 'ephemeralcontainers', spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } },
        { spec: { ephemeralContainers: [{ name: 'e', image: 'y' }] } },
      ],
    },
    'ephemeralcontainers',
  ),
  ...updates(
    sized,
    {
      resize: {
        spec: { containers: [{ name: 'c', image: 'ignored', ...resources({ cpu: '2', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }) }] },
      },
      'resize: nothing': {},
      'resize: removed': { spec: { containers: [{ name: 'c', image: 'x', ...resources({ cpu: '1' }) }] } },
      'resize: other class': {
        spec: { containers: [{ name: 'c', image: 'x', ...resources({ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }) }] },
      },
      'resize: other resource': {
        spec: {
          containers: [
            { name: 'c', image: 'x', ...resources({ cpu: '1', memory: '1Gi', 'ephemeral-storage': '1' }, { cpu: '500m', memory: '1Gi' }) },
          ],
        },
      },
      'resize: another container': {
        spec: {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'd', image: 'x' },
          ],
        },
      },
      'resize: renamed': { spec: { containers: [{ name: 'd', image: 'x', ...resources({ cpu: '1' }) }] } },
    },
    'resize',
  ),
]

export const podCreates = creates(pod, podVariants)
export const podKinds = [{ group: '', version: 'v1', resource: 'pods', cases: [...podCreates, ...podUpdates] }]
