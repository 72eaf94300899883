import { namespacedResource } from '../../tools/custom-resource.ts'

/** The definition of the custom resource among the manifests. */
export const gizmoDefinition = namespacedResource(
  'fuzz.example.com',
  'gizmos',
  'Gizmo',
  {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        'x-kubernetes-validations': [{ rule: '!has(self.count) || self.count < 1000', messageExpression: '"count " + "high"' }],
        properties: {
          text: { type: 'string', pattern: '^(a+)*$', maxLength: 100_000 },
          count: { type: 'integer', minimum: 0, default: 1 },
          list: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            maxItems: 5000,
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string', maxLength: 1000 }, port: { type: 'integer', default: 80 } },
            },
          },
          map: { type: 'object', additionalProperties: { type: 'string' } },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          either: { 'x-kubernetes-int-or-string': true },
          embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
  {
    subresources: { status: {}, scale: { specReplicasPath: '.spec.count', statusReplicasPath: '.status.count' } },
    additionalPrinterColumns: [
      { name: 'Text', type: 'string', jsonPath: '.spec.text' },
      { name: 'Free', type: 'string', jsonPath: '.spec.free..x' },
    ],
    selectableFields: [{ jsonPath: '.spec.text' }],
  },
)
