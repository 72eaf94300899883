import { creates, updates } from '../variants.mjs'

const service = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.kinds-rest.example.com' },
  spec: {
    group: 'kinds-rest.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { name: 's', namespace: 'kinds-rest' },
  },
}

export const kinds = [
  {
    group: 'apiregistration.k8s.io',
    version: 'v1',
    resource: 'apiservices',
    clusterScoped: true,
    cases: [
      ...creates(service, {
        minimal: {},
        local: { spec: { service: null, insecureSkipTLSVerify: null } },
        'local with TLS': { spec: { service: null, caBundle: 'YQ==' } },
        'wrong name': { metadata: { name: 'v2.kinds-rest.example.com' } },
        'odd name': { metadata: { name: 'a%b' } },
        'no group': { metadata: { name: 'v2.' }, spec: { group: '', version: 'v2' } },
        'bad group and version': { metadata: { name: 'V_1.A_B' }, spec: { group: 'A_B', version: 'V_1' } },
        priorities: { spec: { groupPriorityMinimum: 20001, versionPriority: 0 } },
        'bad service': { spec: { service: { name: '', namespace: '', port: 99999 }, caBundle: 'YQ==' } },
        'no service name': { spec: { service: { name: null } } },
      }),
      ...updates(service, { priority: { spec: { versionPriority: 20 } } }),
      ...updates(service, { status: { status: { conditions: [{ type: 'Available', status: 'Maybe' }] } } }, 'status'),
    ],
  },
]
