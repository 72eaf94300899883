/** What columns say of themselves: those that most resources have, in the words of the API's reference. */
export const descriptions = {
  Name: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  Age: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  Containers: 'Names of each container in the template.',
  Images: 'Images referenced by each container in the template.',
} as const

const byName: Readonly<Record<string, string>> = { ...descriptions, 'Created At': descriptions.Age }

/** Empty for columns that are of one resource only. */
export const describeColumn = (name: string): string => byName[name] ?? ''
