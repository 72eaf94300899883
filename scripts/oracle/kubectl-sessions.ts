/** One call of kubectl. */
export interface Command {
  args: string
  stdin?: string
  /** Milliseconds to wait afterwards, for what happens on its own. */
  wait?: number
}

const command = (args: string, stdin?: unknown, wait?: number): Command => ({
  args,
  ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? stdin : JSON.stringify(stdin) }),
  ...(wait === undefined ? {} : { wait }),
})

const prefix = 'kubectl-compare'
const namespaceOf = (session: string) => `${prefix}-${session}`

// biome-ignore lint/suspicious/noExplicitAny: parts of API objects
type Part = any

/** Several documents of one file. */
const documents = (...items: Part[]): string => items.map((item) => JSON.stringify(item)).join('\n---\n')
const object = (apiVersion: string, kind: string, name: string, more: Part = {}, labels: Part = {}): Part => ({
  apiVersion,
  kind,
  metadata: { name, labels: { suite: prefix, ...labels } },
  ...more,
})
const container = { name: 'main', image: 'nginx:1.27' }
const podSpec = { containers: [container, { name: 'side', image: 'busybox:1' }], terminationGracePeriodSeconds: 0 }
const template = { metadata: { labels: { app: 'a' } }, spec: podSpec }
const selector = { matchLabels: { app: 'a' } }

/** A status that is written after its object was made. */
const status = (resource: string, value: Part) =>
  command(`patch ${resource} --subresource=status --type=merge -p '${JSON.stringify({ status: value })}'`)

const running = { running: { startedAt: '2024-01-01T00:00:00Z' } }
const ended = (exitCode: number, more: Part = {}) => ({ terminated: { exitCode, finishedAt: '2024-01-01T00:00:00Z', ...more } })
const containerStatus = (name: string, state: Part, more: Part = {}) => ({
  name,
  state,
  ready: false,
  restartCount: 0,
  image: 'x',
  imageID: '',
  ...more,
})

/** Pods by what STATUS they show. */
const podStatuses: Record<string, { spec?: Part; status: Part }> = {
  running: {
    status: {
      phase: 'Running',
      podIP: '10.1.0.1',
      podIPs: [{ ip: '10.1.0.1' }],
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: ['main', 'side'].map((name) => containerStatus(name, running, { ready: true })),
    },
  },
  completed: { status: { phase: 'Succeeded', containerStatuses: [containerStatus('main', ended(0, { reason: 'Completed' }))] } },
  failed: { status: { phase: 'Failed', containerStatuses: [containerStatus('main', ended(3, { reason: 'Error' }))] } },
  evicted: { status: { phase: 'Failed', reason: 'Evicted', message: 'out of memory' } },
  'exit-code': { status: { phase: 'Running', containerStatuses: [containerStatus('main', ended(7))] } },
  signal: { status: { phase: 'Running', containerStatuses: [containerStatus('main', ended(0, { signal: 9 }))] } },
  restarted: {
    status: {
      phase: 'Running',
      containerStatuses: [containerStatus('main', running, { ready: true, restartCount: 4, lastState: ended(1, { reason: 'Error' }) })],
    },
  },
  'not-ready': {
    status: {
      phase: 'Running',
      containerStatuses: [containerStatus('main', running, { ready: true }), containerStatus('side', ended(0, { reason: 'Completed' }))],
    },
  },
  'not-ready-order': {
    status: {
      phase: 'Running',
      containerStatuses: [containerStatus('main', ended(0, { reason: 'Completed' })), containerStatus('side', running, { ready: true })],
    },
  },
  initializing: {
    spec: { initContainers: [container, container].map((each, i) => ({ ...each, name: `init-${i}` })) },
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        containerStatus('init-0', ended(0)),
        containerStatus('init-1', { waiting: { reason: 'PodInitializing' } }, { restartCount: 2, lastState: ended(1) }),
      ],
    },
  },
  'init-failed': {
    spec: { initContainers: [{ ...container, name: 'init-0' }] },
    status: { phase: 'Pending', initContainerStatuses: [containerStatus('init-0', ended(2, { reason: 'Error' }))] },
  },
  'init-signal': {
    spec: { initContainers: [{ ...container, name: 'init-0' }] },
    status: { phase: 'Pending', initContainerStatuses: [containerStatus('init-0', ended(2, { signal: 6 }))] },
  },
  'init-waiting': {
    spec: { initContainers: [{ ...container, name: 'init-0' }] },
    status: { phase: 'Pending', initContainerStatuses: [containerStatus('init-0', { waiting: { reason: 'ImagePullBackOff' } })] },
  },
  sidecar: {
    spec: { initContainers: [{ ...container, name: 'car', restartPolicy: 'Always' }] },
    status: {
      phase: 'Running',
      initContainerStatuses: [containerStatus('car', running, { started: true, ready: true, restartCount: 1, lastState: ended(1) })],
      containerStatuses: [containerStatus('main', running, { ready: true }), containerStatus('side', running, { restartCount: 2 })],
    },
  },
  gated: { spec: { schedulingGates: [{ name: 'example.com/gate' }] }, status: {} },
  gates: {
    spec: { readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] },
    status: { phase: 'Pending', nominatedNodeName: 'somewhere', conditions: [{ type: 'example.com/a', status: 'True' }] },
  },
}

const pods = Object.entries(podStatuses).map(([name, { spec = {} }]) => object('v1', 'Pod', name, { spec: { ...podSpec, ...spec } }))

const workloads = documents(
  object('apps/v1', 'Deployment', 'web', { spec: { replicas: 3, selector, template } }),
  object('apps/v1', 'ReplicaSet', 'set', { spec: { replicas: 2, selector, template } }),
  object('apps/v1', 'StatefulSet', 'store', { spec: { replicas: 2, serviceName: 's', selector, template } }),
  object('apps/v1', 'DaemonSet', 'agent', {
    spec: { selector, template: { ...template, spec: { ...podSpec, nodeSelector: { disk: 'ssd', arch: 'arm' } } } },
  }),
  object('v1', 'ReplicationController', 'old', {
    spec: { replicas: 1, selector: { app: 'b' }, template: { ...template, metadata: { labels: { app: 'b' } } } },
  }),
  object('batch/v1', 'Job', 'once', { spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } } }),
  object('batch/v1', 'Job', 'many', {
    spec: { parallelism: 3, completions: 5, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
  }),
  object('batch/v1', 'CronJob', 'nightly', {
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
    },
  }),
  object('apps/v1', 'ControllerRevision', 'rev', { revision: 3, data: { a: 1 } }),
  object('v1', 'PodTemplate', 'tpl', { template }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'scaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '500Mi' } } },
        { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '1k' } } },
      ],
    },
  }),
  object('autoscaling/v1', 'HorizontalPodAutoscaler', 'simple', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 70,
    },
  }),
  object('policy/v1', 'PodDisruptionBudget', 'budget', { spec: { minAvailable: '50%', selector } }),
  object('policy/v1', 'PodDisruptionBudget', 'loose', { spec: { maxUnavailable: 1, selector: {} } }),
)

const networking = documents(
  object('v1', 'Service', 'plain', {
    spec: {
      selector: { app: 'a' },
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
  }),
  object('v1', 'Service', 'headless', { spec: { clusterIP: 'None', selector: { b: '1', a: '2' } } }),
  object('v1', 'Service', 'outside', { spec: { type: 'ExternalName', externalName: 'example.com' } }),
  object('v1', 'Service', 'node', { spec: { type: 'NodePort', externalIPs: ['192.0.2.1'], ports: [{ port: 80, nodePort: 30777 }] } }),
  object('v1', 'Service', 'balanced', { spec: { type: 'LoadBalancer', ports: [{ port: 443, nodePort: 30778 }] } }),
  object('v1', 'Endpoints', 'ends', {
    subsets: [
      {
        addresses: [1, 2, 3, 4].map((i) => ({ ip: `10.2.0.${i}` })),
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      },
      { notReadyAddresses: [{ ip: '10.2.0.9' }], ports: [{ port: 82 }] },
    ],
  }),
  object('discovery.k8s.io/v1', 'EndpointSlice', 'slice', {
    addressType: 'IPv4',
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
    endpoints: [{ addresses: ['10.2.0.1', '10.2.0.2'] }, { addresses: ['10.2.0.3'] }, { addresses: ['10.2.0.4'] }],
  }),
  object('discovery.k8s.io/v1', 'EndpointSlice', 'slice-empty', { addressType: 'FQDN', endpoints: [] }),
  object('networking.k8s.io/v1', 'Ingress', 'entry', {
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example'] }],
      rules: ['a', 'b', 'c', 'd'].map((name) => ({
        host: `${name}.example`,
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'plain', port: { number: 80 } } } }] },
      })),
    },
  }),
  object('networking.k8s.io/v1', 'Ingress', 'bare', { spec: { defaultBackend: { service: { name: 'plain', port: { name: 'http' } } } } }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'strict', {
    spec: { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['b', 'a'] }] } },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'all', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
)

const small = documents(
  object('v1', 'ConfigMap', 'data', { data: { a: 'before', b: '2' }, binaryData: { c: 'YQ==' } }),
  object('v1', 'Secret', 'hidden', { type: 'example.com/x', stringData: { a: '1' } }),
  object('v1', 'Secret', 'login', { type: 'kubernetes.io/basic-auth', stringData: { username: 'u', password: 'p' } }),
  object('v1', 'ServiceAccount', 'robot', { secrets: [{ name: 'hidden' }] }),
  object('v1', 'ResourceQuota', 'quota', { spec: { hard: { pods: '5', 'requests.cpu': '2', 'limits.cpu': '4', 'limits.memory': '1Gi' } } }),
  object('v1', 'LimitRange', 'limits', { spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, max: { cpu: '2' } }] } }),
  object('v1', 'PersistentVolumeClaim', 'claim', {
    spec: {
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'kubectl-compare',
    },
  }),
  object('coordination.k8s.io/v1', 'Lease', 'lease', { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } }),
  object('rbac.authorization.k8s.io/v1', 'Role', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'], resourceNames: ['x'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'readers', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [
      { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'User', name: 'joe', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'Group', name: 'devs', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'ServiceAccount', name: 'robot', namespace: 'default' },
    ],
  }),
  object('v1', 'Event', 'ev.1', {
    involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{main}' },
    reason: 'Started',
    type: 'Normal',
    message: ' it started \n',
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2024-01-01T00:00:00Z',
    lastTimestamp: '2024-01-02T00:00:00Z',
    count: 4,
  }),
  object('v1', 'Event', 'ev.2', { involvedObject: { kind: 'Node' }, reason: 'Rebooted', type: 'Warning', message: 'again' }),
)

const cluster = documents(
  object(
    'v1',
    'Node',
    `${prefix}-node`,
    { spec: { unschedulable: true } },
    { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' },
  ),
  object('v1', 'PersistentVolume', `${prefix}-pv`, {
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
      hostPath: { path: '/x' },
      storageClassName: 'kubectl-compare',
      persistentVolumeReclaimPolicy: 'Retain',
    },
  }),
  object('storage.k8s.io/v1', 'StorageClass', prefix, { provisioner: 'example.com/p', allowVolumeExpansion: true }),
  object('storage.k8s.io/v1', 'CSIDriver', 'compare.example.com', {
    spec: { tokenRequests: [{ audience: 'a' }, { audience: 'b' }], podInfoOnMount: true },
  }),
  object('storage.k8s.io/v1', 'CSINode', `${prefix}-node`, { spec: { drivers: [{ name: 'd', nodeID: 'n' }] } }),
  object('storage.k8s.io/v1', 'VolumeAttachment', prefix, {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
  }),
  object('networking.k8s.io/v1', 'IngressClass', prefix, {
    metadata: { name: prefix, labels: { suite: prefix }, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'example.com/c', parameters: { apiGroup: 'example.com', kind: 'Params', name: 'p' } },
  }),
  object('scheduling.k8s.io/v1', 'PriorityClass', prefix, { value: 7, preemptionPolicy: 'Never' }),
  object('node.k8s.io/v1', 'RuntimeClass', prefix, { handler: 'runc' }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', prefix, { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', prefix, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: prefix },
    subjects: [{ kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' }],
  }),
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', prefix, { webhooks: [] }),
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', prefix, {
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: { resourceRules: [{ apiGroups: ['x'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['y'] }] },
      validations: [{ expression: 'true' }],
    },
  }),
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', prefix, {
    spec: {
      policyName: prefix,
      validationActions: ['Deny'],
      paramRef: { name: 'p', namespace: 'default', parameterNotFoundAction: 'Deny' },
    },
  }),
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', `${prefix}-2`, {
    spec: {
      policyName: prefix,
      validationActions: ['Warn'],
      paramRef: {
        selector: { matchLabels: { b: '1', a: '2' }, matchExpressions: [{ key: 'c', operator: 'In', values: ['x', 'y'] }] },
        parameterNotFoundAction: 'Allow',
      },
    },
  }),
  object('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', prefix, {
    spec: { priorityLevelConfiguration: { name: 'missing' }, matchingPrecedence: 77, distinguisherMethod: { type: 'ByUser' } },
  }),
  object('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', prefix, {
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 50 } } },
    },
  }),
  object('networking.k8s.io/v1', 'ServiceCIDR', prefix, { spec: { cidrs: ['10.200.0.0/24'] } }),
  object('resource.k8s.io/v1', 'DeviceClass', prefix, { spec: {} }),
)

const clusterKinds =
  'nodes,pv,storageclasses,csidrivers,csinodes,volumeattachments,ingressclasses,priorityclasses,runtimeclasses,clusterroles,clusterrolebindings,validatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings,flowschemas,prioritylevelconfigurations,servicecidrs,deviceclasses'

const inNamespace = (session: string, commands: Command[]): [string, Command[]] => [
  session,
  [
    command(`create namespace ${namespaceOf(session)}`, undefined, 300),
    ...commands.map((each) => ({
      ...each,
      args: each.args.startsWith('!') ? each.args.slice(1) : `${each.args} -n ${namespaceOf(session)}`,
    })),
  ],
]

const map = (name: string, data: Part, more: Part = {}) => object('v1', 'ConfigMap', name, { data, ...more })

/** By name. A command that starts with `!` is not of the session's namespace. */
export const sessions: Record<string, Command[]> = Object.fromEntries([
  inNamespace('pods', [
    command('apply -f -', documents(...pods)),
    ...Object.entries(podStatuses).map(([name, { status: value }]) => status(`pod ${name}`, value)),
    command('get pods'),
    command('get pods -o wide'),
    command('get pods --show-labels'),
    command('get pods -L suite,other'),
    command('get pods -o name'),
    command('get pods -o custom-columns=N:.metadata.name,P:.status.phase,M:.missing'),
    command('get pods --no-headers -o wide'),
    command('get pods running --subresource=status'),
    command('get pod running -o json'),
    ...Object.keys(podStatuses).map((name) => command(`describe pod ${name}`)),
    command('get pods running nope'),
    command('get pods,services,nope'),
    command('top pods'),
    command('logs running'),
    command('logs running -c nope'),
    command('exec running -- ls'),
    command('attach running'),
    command('port-forward pod/running 18080:80'),
    command('debug running --image=busybox --attach=false'),
    command('label pod running a=b'),
    command('label pod running a=c'),
    command('label pod running a-'),
    command('label pods --all all=yes'),
    command('annotate pod running note=hello'),
    command('annotate pod running note-'),
    command('set image pod/running main=nginx:1.28'),
    command('patch pod running -p {"spec":{"hostNetwork":true}}'),
    command('wait --for=condition=Ready pod/running --timeout=1s'),
    command('wait --for=condition=Ready pod/failed --timeout=1s'),
    command('delete pod running'),
    command('delete pods -l suite=kubectl-compare'),
    command('get pods'),
  ]),
  inNamespace('workloads', [
    command('apply -f -', workloads),
    status('deployment web', { replicas: 3, readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1, observedGeneration: 1 }),
    status('replicaset set', { replicas: 2, readyReplicas: 1 }),
    status('statefulset store', { replicas: 2, readyReplicas: 2 }),
    status('daemonset agent', {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 2,
      updatedNumberScheduled: 1,
      numberAvailable: 2,
    }),
    status('job many', { startTime: '2024-01-01T00:00:00Z', succeeded: 2, active: 1 }),
    status('cronjob nightly', { lastScheduleTime: '2024-01-01T00:00:00Z' }),
    status('hpa scaler', {
      currentReplicas: 4,
      desiredReplicas: 4,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 55, averageValue: '100m' } } }],
    }),
    status('pdb budget', { disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3 }),
    command('get all'),
    command('get all -o wide'),
    command('get rc,rs,deploy,sts,ds,jobs,cronjobs -o wide'),
    command('get controllerrevisions,podtemplates -o wide'),
    command('get hpa,pdb -o wide'),
    command('get hpa.v1.autoscaling'),
    command('get hpa.v1.autoscaling scaler -o yaml'),
    command('get hpa.v2.autoscaling simple -o yaml'),
    command('get deployment web --subresource=scale'),
    command('get deployment web --subresource=scale -o yaml'),
    ...[
      'deployment web',
      'rs set',
      'sts store',
      'ds agent',
      'rc old',
      'job once',
      'job many',
      'cronjob nightly',
      'hpa scaler',
      'hpa simple',
      'pdb budget',
      'controllerrevision rev',
      'podtemplate tpl',
    ].map((each) => command(`describe ${each}`)),
    command('scale deployment web --replicas=5'),
    command('scale deployment web --replicas=1 --current-replicas=3'),
    command('scale --replicas=4 rs/set rc/old sts/store'),
    command('scale ds agent --replicas=1'),
    command('scale deployment nope --replicas=1'),
    command('autoscale deployment web --max=5 --name=made'),
    command('rollout status deployment/web --timeout=1s'),
    command('rollout history deployment/web'),
    command('rollout pause deployment/web'),
    command('rollout pause deployment/web'),
    command('rollout resume deployment/web'),
    command('rollout restart deployment/web daemonset/agent statefulset/store'),
    command('rollout undo deployment/web'),
    command('rollout history ds/agent'),
    command('rollout status sts/store --timeout=1s'),
    command('set image deployment/web main=nginx:1.28 side=busybox:2'),
    command('set image deployment/web nope=x'),
    command('set env deployment/web A=1 B=2'),
    command('set env deployment/web --list'),
    command('set env deployment/web A-'),
    command('set resources deployment/web --limits=cpu=200m,memory=512Mi'),
    command('set serviceaccount deployment web robot'),
    command('set selector svc nope app=b'),
    command('get deployment web -o yaml'),
    command('get deployment web -o yaml --show-managed-fields'),
    command('get deployments -o custom-columns-file=/dev/null'),
    command('expose deployment web --port=80'),
    command('expose rs set --port=80 --type=NodePort --name=set'),
    command('create job from-cron --from=cronjob/nightly'),
    command('get job from-cron -o yaml'),
    command('create deployment made --image=nginx --replicas=2 --port=80'),
    command('create cronjob made --image=busybox --schedule=@daily'),
    command('create quota made --hard=pods=3'),
    command('create pdb made --selector=app=a --min-available=1'),
    command('create priorityclass Bad_Name --value=1'),
    command('delete deployment web --cascade=orphan'),
    command('delete job once'),
    command('delete job many --cascade=foreground --wait=false'),
    command('delete all --all --wait=false'),
  ]),
  inNamespace('networking', [
    command('apply -f -', networking),
    status('service balanced', { loadBalancer: { ingress: [{ ip: '192.0.2.9' }, { hostname: 'b.example' }] } }),
    status('ingress entry', { loadBalancer: { ingress: [{ ip: '192.0.2.8' }] } }),
    command('get services -o wide'),
    command('get endpoints,endpointslices,ingresses,networkpolicies -o wide'),
    ...[
      'service plain',
      'service headless',
      'service balanced',
      'endpoints ends',
      'endpointslice slice',
      'ingress entry',
      'ingress bare',
      'networkpolicy strict',
      'networkpolicy all',
    ].map((each) => command(`describe ${each}`)),
    command('get service plain -o yaml'),
    command('get service node -o yaml'),
    command('create service clusterip made --tcp=80:8080'),
    command('create service externalname out --external-name=x.example'),
    command('create service nodeport np --tcp=80 --node-port=30790'),
    command('create service nodeport np2 --tcp=80 --node-port=30790'),
    command('create service loadbalancer lb --tcp=80:80'),
    command('create ingress made --rule=a.example/*=plain:80'),
    command('patch service plain -p {"spec":{"clusterIP":"10.96.0.99"}}'),
    command('patch service plain --type=json -p \'[{"op":"remove","path":"/spec/ports/0"}]\''),
    command('set selector svc plain app=b'),
    command('delete service plain headless'),
    command('get all'),
  ]),
  inNamespace('small', [
    command('apply -f -', small),
    command('get configmaps,secrets,serviceaccounts,quota,limits,pvc,leases,roles,rolebindings -o wide'),
    command('get events'),
    command('get events -o wide'),
    command('get events --sort-by=.lastTimestamp'),
    command('get events.events.k8s.io'),
    command('events'),
    command('events --types=Warning'),
    ...[
      'configmap data',
      'secret hidden',
      'secret login',
      'serviceaccount robot',
      'quota quota',
      'limits limits',
      'pvc claim',
      'lease lease',
      'role reader',
      'rolebinding readers',
      'event ev.1',
      'configmap kube-root-ca.crt',
    ].map((each) => command(`describe ${each}`)),
    command('apply -f -', { apiVersion: 'v1', kind: 'List', items: [map('listed', { a: '1' })] }),
    command('get configmap data -o yaml'),
    command('get configmap data -o json'),
    command('get configmap data --output=jsonpath-as-json={.data}'),
    command("get configmap data -o go-template='{{range $k, $v := .data}}{{$k}}={{$v}};{{end}}'"),
    command('get configmap data --show-managed-fields -o yaml'),
    command('edit configmap data'),
    command('get configmap data -o jsonpath={.data.a}'),
    command('edit configmap data'),
    command('apply edit-last-applied configmap data'),
    command('apply view-last-applied configmap data'),
    command('apply set-last-applied -f -', map('data', { a: 'x' })),
    command('diff -f -', map('data', { a: 'y' })),
    command('diff --server-side -f -', map('data', { a: 'y' })),
    command('diff -f -', map('absent', { a: 'y' })),
    command('apply -f - --dry-run=server', map('data', { a: 'y' })),
    command('apply -f - --dry-run=client', map('data', { a: 'y' })),
    command('apply -f - -o yaml', map('data', { a: 'y' })),
    command('apply --server-side -f -', map('data', { a: 'z' })),
    command('apply --server-side --force-conflicts -f -', map('data', { a: 'z' })),
    command('apply --server-side --field-manager=other -f -', map('data', { a: 'w', n: '1' })),
    command('apply -f - --validate=false', { ...map('unknown', {}), dota: {} }),
    command('apply -f - --validate=strict', { ...map('unknown', {}), dota: {} }),
    command('apply -f - --validate=warn', { ...map('unknown', {}), dota: {} }),
    command('create -f -', map('data', {})),
    command('replace -f -', map('data', { r: '1' })),
    command('replace -f -', map('absent', {})),
    command('replace --force -f -', map('data', { r: '2' })),
    command('patch configmap data --type=json -p \'[{"op":"test","path":"/data/r","value":"9"}]\''),
    command('patch configmap data --type=json -p \'[{"op":"add","path":"/data/r2/x","value":"9"}]\''),
    command('patch configmap data -p \'{"data":{"n":1}}\''),
    command('patch configmap data -p nonsense'),
    command('patch configmap absent -p {}'),
    command('label configmap data suite=x'),
    command('label configmap data --list'),
    command('label configmap data bad!=x'),
    command('annotate configmap data --overwrite a=b c=d'),
    command('create configmap made --from-literal=a=b --from-literal=c=d'),
    command('create configmap made --from-literal=a=b'),
    command('create configmap -Bad'),
    command('create secret generic made --from-literal=a=b --type=example.com/t'),
    command('create secret docker-registry reg --docker-server=r --docker-username=u --docker-password=p'),
    command('describe secret reg'),
    command('create token robot --duration=10m'),
    command('create token robot --duration=1s'),
    command('create token robot --audience=x --bound-object-kind=Secret --bound-object-name=hidden'),
    command('create token robot --bound-object-kind=Pod --bound-object-name=absent'),
    command('create serviceaccount robot'),
    command('create role made --verb=get --resource=pods,deployments.apps,pods/log --resource-name=x'),
    command('create role bad --verb=get --resource=nonsense'),
    command('create rolebinding made --clusterrole=view --user=u --group=g --serviceaccount=default:default'),
    command('get role made -o yaml'),
    command('describe role made'),
    command('auth can-i get pods'),
    command('auth can-i get pods --as=system:serviceaccount:default:nobody'),
    command('auth can-i list secrets --as=jane'),
    command('auth can-i get pods/log --as=jane'),
    command('auth can-i get pods x --as=jane'),
    command('auth can-i --list --as=jane'),
    command('auth can-i get /healthz --as=jane'),
    command('auth can-i get nonsense'),
    command('auth can-i create deployments.apps --as=jane -v=0 -q'),
    command('auth whoami --as=jane --as-group=devs --as-uid=7'),
    command('auth whoami -o json --as=jane --as-user-extra=a=b'),
    command(
      'auth reconcile -f -',
      object('rbac.authorization.k8s.io/v1', 'Role', 'made', { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] }),
    ),
    command(
      'auth reconcile --remove-extra-permissions -f -',
      object('rbac.authorization.k8s.io/v1', 'Role', 'made', { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] }),
    ),
    command(
      'auth reconcile -f -',
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'readers', {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'other' },
        subjects: [],
      }),
    ),
    command('set subject rolebinding readers --user=extra'),
    command('get pods --as=jane'),
    command('delete configmap data absent'),
    command('delete configmap made --now'),
    command('delete secrets --field-selector=metadata.name=made'),
    command('delete secrets --all --dry-run=server'),
    command('delete pvc claim --wait=false'),
    command('get pvc'),
    command('wait --for=delete configmap/absent --timeout=1s'),
    command('wait --for=create configmap/absent --timeout=1s'),
    command('wait --for=jsonpath={.data.a} configmap/unknown --timeout=1s'),
  ]),
  inNamespace('cluster', [
    command('!apply -f -', cluster, 300),
    status(`node ${prefix}-node`, {
      conditions: [{ type: 'Ready', status: 'False' }],
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'ExternalIP', address: '192.0.2.1' },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.36.0',
        osImage: 'Linux',
        kernelVersion: '6.1',
        containerRuntimeVersion: 'containerd://2',
        architecture: 'amd64',
        bootID: '',
        machineID: '',
        systemUUID: '',
        operatingSystem: 'linux',
        kubeProxyVersion: '',
      },
    }),
    command(`!get ${clusterKinds} -l suite=${prefix} -o wide`),
    ...clusterKinds.split(',').map((kind) => command(`!describe ${kind} -l suite=${prefix}`)),
    command('!get flowschemas'),
    command('!get prioritylevelconfigurations'),
    command('!get apiservices'),
    command('!get namespaces --show-labels default kube-system'),
    command('!get clusterroles view edit'),
    command('!get clusterrolebindings -o wide'),
    command('!describe namespace default'),
    command('!describe clusterrole view'),
    command('!describe clusterrolebinding cluster-admin'),
    command('!describe apiservice v1.'),
    command(`!uncordon ${prefix}-node`),
    command(`!taint node ${prefix}-node a=b:NoSchedule`),
    command(`!taint node ${prefix}-node a=b:NoSchedule`),
    command(`!taint node ${prefix}-node a-`),
    command(`!label node ${prefix}-node zone=x`),
    command(`!drain ${prefix}-node --ignore-daemonsets`),
    command(`!get node ${prefix}-node -o yaml`),
    command(`!top node ${prefix}-node`),
    command(`!patch pv ${prefix}-pv -p '{"spec":{"storageClassName":"y","hostPath":{"path":"/y"}}}'`),
    command(`!certificate approve ${prefix}-absent`),
    command('!create clusterrole made-kubectl-compare --verb=get,list --resource=pods --aggregation-rule=a=b'),
    command('!create namespace kubectl-compare-small-2 --dry-run=server -o yaml'),
    command('!create namespace Bad_Name'),
    command('!delete namespace default'),
    command('!delete namespace kube-system --dry-run=server'),
    command(`!delete ${clusterKinds} -l suite=${prefix}`),
  ]),
  inNamespace('discovery', [
    command('!api-resources'),
    command('!api-resources -o wide'),
    command('!api-resources --namespaced=false --verbs=list -o name'),
    command('!api-resources --categories=all'),
    command('!api-versions'),
    command('!cluster-info'),
    command('!get --raw /version'),
    command('!get --raw /healthz'),
    command('!get --raw /livez?verbose'),
    command('!get --raw /readyz?verbose'),
    command('!get --raw /api'),
    command('!get --raw /apis'),
    command('!get --raw /apis/apps'),
    command('!get --raw /apis/apps/v1'),
    command('!get --raw /api/v1/namespaces/default'),
    command('!get --raw /nope'),
    command('!get --raw /openid/v1/jwks', undefined),
    command('!get componentstatuses nope'),
    command('!explain pods'),
    command('!explain pods.spec.containers.resources'),
    command('!explain deployment.spec.strategy --recursive'),
    command('!explain cronjobs --api-version=batch/v1'),
    command('!explain hpa --api-version=autoscaling/v1'),
    command('!explain nope'),
    command('!explain pods.nope'),
    command('!explain pod.spec --output=plaintext-openapiv2'),
    command('!explain customresourcedefinitions.spec.versions'),
    command('!explain roles.rules'),
    command('!create -f -', 'apiVersion: v1\nkind: Nope\nmetadata: {name: x}\n'),
    command('!create -f -', 'apiVersion: nope/v1\nkind: Nope\nmetadata: {name: x}\n'),
    command('!create -f -', 'apiVersion: v1\nkind: ConfigMap\n'),
    command('!apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: 3}\n'),
    command('!apply -f -', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: 3}\n'),
    command(
      '!get po,no,svc,cm,ns,sa,pv,pvc,cs,ep,ev,limits,quota,rc,deploy,rs,sts,ds,hpa,cj,csr,ing,netpol,pdb,sc,pc -A --ignore-not-found -l none=such',
    ),
  ]),
])

/** What leaves nothing of a session. */
export function cleanUp(session: string): Command[] {
  const gone = '--ignore-not-found --wait=true --timeout=30s'
  return [
    command(`delete namespace ${namespaceOf(session)} ${gone}`),
    ...(session === 'cluster' ? [command(`delete ${clusterKinds} -l suite=${prefix} ${gone}`)] : []),
    ...(session === 'cluster' ? [command(`delete clusterrole made-kubectl-compare ${gone}`)] : []),
  ]
}
