/** The definition of a custom resource that lives in namespaces, with one version, v1. */
export function namespacedResource<S, V extends object>(group: string, plural: string, kind: string, schema: S, version?: V) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    },
  }
}
