/**
 * The layers of packages/emulator/src, top to bottom: a file may import its own folder and what stands below, nothing above. Folders
 * of one row may import each other, as long as that makes no cycle. The longest path counts: a file or folder named here stands in its own row.
 */
export const layers: string[][] = [
  ['cli'],
  ['index.ts'],
  [
    'late-emulator.ts',
    'coming-back.ts',
    'refounding.ts',
    'emulator.ts',
    'emulated-pod.ts',
    'pod-container.ts',
    'open-kept-cluster.ts',
    'data-folder.ts',
    'shared-cluster.ts',
    'kept-cluster.ts',
    'pod-end.ts',
    'cluster-network',
    'front.ts',
    'server-controls.ts',
    'action-endpoint.ts',
    'api-server.ts',
    'bootstrap.ts',
  ],
  ['sandbox'],
  ['scenario'],
  ['kubelet', 'cluster-dns'],
  ['pod', 'kubectl-proxy'],
  ['recording'],
  ['server'],
  ['faults'],
  ['registry/controllers', 'registry/apiextensions/controller.ts'],
  ['endpoints'],
  ['admission'],
  ['authentication', 'authorization'],
  ['registry'],
  ['service-account'],
  ['storage'],
  ['pki'],
  // Plain records that several layers pass on: a request and its response, its user, a rule.
  ['endpoints/http.ts', 'authentication/user-info.ts', 'authorization/attributes.ts', 'authorization/rbac/policy-rule.ts'],
  // What runs on this machine, as the API and the sandbox both see it.
  ['container-runtime'],
  ['documents'],
  ['apimachinery', 'facts', 'errors.ts', 'system-error.ts', 'process-identity.ts'],
]

/** Third-party packages that more than one folder may import, with the reason. */
export const sharedDependencies: Record<string, string> = {
  vitest: 'suites that several test files share',
  'fast-check': 'the same',
}
