import { creates, updates } from '../variants.mjs'

const group = { group: 'storage.k8s.io', version: 'v1' }
const meta = (kind, name = 'kinds-rest') => ({ apiVersion: 'storage.k8s.io/v1', kind, metadata: { name } })
const storageClass = { ...meta('StorageClass'), provisioner: 'example.com/disk' }
const driver = { ...meta('CSIDriver', 'kinds-rest.example.com'), spec: {} }
const node = { ...meta('CSINode'), spec: { drivers: [{ name: 'a.example.com', nodeID: 'n1', topologyKeys: ['example.com/zone'] }] } }
const capacity = { ...meta('CSIStorageCapacity'), storageClassName: 'fast', capacity: '1Gi' }
const attachment = {
  ...meta('VolumeAttachment'),
  spec: { attacher: 'a.example.com', nodeName: 'n1', source: { persistentVolumeName: 'pv1' } },
}
const attributes = { ...meta('VolumeAttributesClass'), driverName: 'a.example.com', parameters: { iops: '100' } }

export const kinds = [
  {
    ...group,
    resource: 'storageclasses',
    clusterScoped: true,
    cases: [
      ...creates(storageClass, {
        minimal: {},
        'no provisioner': { provisioner: null },
        'bad provisioner': { provisioner: 'a b' },
        'upper-case provisioner': { provisioner: 'Kubernetes.io/AWS' },
        parameters: { parameters: { a: 'b', '': 'c' } },
        'reclaim policy': { reclaimPolicy: 'Recycle' },
        'unknown reclaim policy': { reclaimPolicy: 'Other' },
        'binding mode': { volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true, mountOptions: ['ro'] },
        'unknown binding mode': { volumeBindingMode: 'Later' },
        topologies: { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] }] },
        'bad topologies': {
          allowedTopologies: [
            {
              matchLabelExpressions: [
                { key: 'a b', values: [] },
                { key: 'zone', values: ['a', 'a'] },
                { key: 'zone', values: ['c'] },
              ],
            },
            {},
            {},
          ],
        },
        'long parameters': { parameters: { a: 'b'.repeat(256 * 1024) } },
      }),
      ...updates(storageClass, {
        immutable: { provisioner: 'x.y/z', parameters: { a: 'b' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' },
        expansion: { allowVolumeExpansion: true, mountOptions: ['ro'] },
      }),
    ],
  },
  {
    ...group,
    resource: 'csidrivers',
    clusterScoped: true,
    cases: [
      ...creates(driver, {
        minimal: {},
        'no spec': { spec: null },
        'long name': { metadata: { name: `a${'.b'.repeat(40)}` } },
        modes: { spec: { volumeLifecycleModes: ['Ephemeral', 'Sometimes'] } },
        'fs group': { spec: { fsGroupPolicy: 'Other' } },
        tokens: {
          spec: {
            tokenRequests: [{ audience: 'a' }, { audience: 'a', expirationSeconds: 10 }, { audience: 'b', expirationSeconds: 4294967297 }],
            requiresRepublish: true,
          },
        },
        'secrets for tokens': { spec: { serviceAccountTokenInSecrets: true } },
        'secrets for tokens with requests': { spec: { serviceAccountTokenInSecrets: true, tokenRequests: [{ audience: 'a' }] } },
        period: { spec: { nodeAllocatableUpdatePeriodSeconds: 3 } },
      }),
      ...updates(driver, {
        immutable: { spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'] } },
        mutable: {
          spec: {
            podInfoOnMount: true,
            storageCapacity: true,
            fsGroupPolicy: 'File',
            requiresRepublish: true,
            seLinuxMount: true,
            tokenRequests: [{ audience: 'x' }],
          },
        },
        labels: { metadata: { labels: { a: 'b' } } },
      }),
    ],
  },
  {
    ...group,
    resource: 'csinodes',
    clusterScoped: true,
    cases: [
      ...creates(node, {
        minimal: {},
        'no drivers': { spec: { drivers: null } },
        'bad drivers': {
          spec: {
            drivers: [
              { name: '', nodeID: '' },
              { name: 'A b', nodeID: 'x'.repeat(300), topologyKeys: ['a b', 'x', 'x', ''], allocatable: { count: -1 } },
              { name: 'c.d', nodeID: 'n' },
              { name: 'c.d', nodeID: 'n' },
            ],
          },
        },
      }),
      ...updates(node, {
        'another driver': { spec: { drivers: [...node.spec.drivers, { name: 'b.example.com', nodeID: 'n2' }] } },
        'changed driver': { spec: { drivers: [{ ...node.spec.drivers[0], nodeID: 'other' }] } },
      }),
    ],
  },
  {
    ...group,
    resource: 'csistoragecapacities',
    cases: [
      ...creates(capacity, {
        minimal: {},
        'no class': { storageClassName: null },
        'bad class': { storageClassName: 'A_B' },
        negative: { capacity: '-1', maximumVolumeSize: '-2' },
        topology: { nodeTopology: { matchLabels: { 'a b': 'c' } } },
      }),
      ...updates(capacity, {
        capacity: { capacity: '2Gi' },
        immutable: { storageClassName: 'slow', nodeTopology: { matchLabels: { a: 'b' } } },
      }),
    ],
  },
  {
    ...group,
    resource: 'volumeattachments',
    clusterScoped: true,
    cases: [
      ...creates(attachment, {
        minimal: {},
        nothing: { spec: { attacher: null, nodeName: null, source: null } },
        'bad names': { spec: { attacher: 'A b', nodeName: 'A_B', source: { persistentVolumeName: '' } } },
        'both sources': {
          spec: {
            source: {
              inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, csi: { driver: 'a.b', volumeHandle: 'v' } },
            },
          },
        },
        'status is dropped': { status: { attached: true } },
        'bad status': { status: { attached: true, attachmentMetadata: { a: 'b'.repeat(256 * 1024) } } },
      }),
      ...updates(attachment, { spec: { spec: { nodeName: 'n2' } }, labels: { metadata: { labels: { a: 'b' } } } }),
      ...updates(
        attachment,
        {
          status: {
            status: { attached: true, attachError: { message: 'm', time: '2026-01-01T00:00:00Z' } },
            spec: { nodeName: 'n2' },
            metadata: { labels: { a: 'b' } },
          },
        },
        'status',
      ),
    ],
  },
  {
    ...group,
    resource: 'volumeattributesclasses',
    clusterScoped: true,
    cases: [
      ...creates(attributes, {
        minimal: {},
        'no driver': { driverName: null },
        'bad driver': { driverName: 'A b' },
        'no parameters': { parameters: null },
        'empty key': { parameters: { '': 'x' } },
      }),
      ...updates(attributes, {
        immutable: { driverName: 'b.example.com', parameters: { iops: '200' } },
        labels: { metadata: { labels: { a: 'b' } } },
      }),
    ],
  },
]
