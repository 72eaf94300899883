/** One step of the walk: the arguments of `inpod`, and what must come back. */
export interface Step {
  title: string
  needs: 'curl' | 'kubectl' | 'node'
  args: string[]
  exitCode: number
  /** What standard output and standard error must hold, in this order. */
  holds: string[]
  verdict: string
}

const DENIED =
  'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"'
const PODS = '/api/v1/namespaces/default/pods'
const ROLE = ['-f', 'docs/examples/pod-reader.yaml']

export const steps: Step[] = [
  {
    title: 'The API root, with curl',
    needs: 'curl',
    args: ['exec', '--', 'sh', 'docs/examples/get.sh', '/api'],
    exitCode: 0,
    holds: ['"kind": "APIVersions"', '"v1"'],
    verdict: 'APIVersions',
  },
  {
    title: 'Its Pods, without any Role',
    needs: 'curl',
    args: ['exec', '--', 'sh', 'docs/examples/get.sh', PODS],
    exitCode: 0,
    holds: ['"kind": "Status"', JSON.stringify(DENIED), '"code": 403'],
    verdict: '403 Forbidden: the default service account may read nothing',
  },
  {
    title: 'Its Pods, with a Role and a RoleBinding from a manifest',
    needs: 'curl',
    args: ['exec', ...ROLE, '--', 'sh', 'docs/examples/get.sh', PODS],
    exitCode: 0,
    holds: ['"kind": "PodList"', '"name": "web"'],
    verdict: 'PodList',
  },
  {
    title: 'kubectl, with no kubeconfig, without the Role',
    needs: 'kubectl',
    args: ['exec', '--', 'kubectl', 'get', 'pods'],
    exitCode: 1,
    holds: ['Error from server (Forbidden)', DENIED],
    verdict: 'Forbidden',
  },
  {
    title: 'kubectl, with the Role',
    needs: 'kubectl',
    args: ['exec', ...ROLE, '--', 'kubectl', 'get', 'pods'],
    exitCode: 0,
    holds: ['NAME', 'web'],
    verdict: 'the Pod is listed',
  },
  {
    title: 'The official JavaScript client, without the Role',
    needs: 'node',
    args: ['exec', '--', 'node', 'docs/examples/list-pods.mjs'],
    exitCode: 1,
    holds: [`403: ${DENIED}`],
    verdict: 'Forbidden',
  },
  {
    title: 'The official JavaScript client, with the Role',
    needs: 'node',
    args: ['exec', ...ROLE, '--', 'node', 'docs/examples/list-pods.mjs'],
    exitCode: 0,
    holds: ['PodList:', 'web'],
    verdict: 'PodList',
  },
]
