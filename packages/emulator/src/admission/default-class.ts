import type { KubeObject } from '../apimachinery/object.ts'
import { type AdmissionPlugin, type AdmissionSource, isFor } from './plugin.ts'

interface Defaulting {
  of: { group: string; resource: string }
  classes: { group: string; resource: string }
  /** Annotations of which one marks a class as the default. */
  marks: readonly string[]
  field: string
  /** The annotation that named a class before there was a field. */
  olderName: string
}

const storage: Defaulting = {
  of: { group: '', resource: 'persistentvolumeclaims' },
  classes: { group: 'storage.k8s.io', resource: 'storageclasses' },
  marks: ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'],
  field: 'storageClassName',
  olderName: 'volume.beta.kubernetes.io/storage-class',
}

const ingress: Defaulting = {
  of: { group: 'networking.k8s.io', resource: 'ingresses' },
  classes: { group: 'networking.k8s.io', resource: 'ingressclasses' },
  marks: ['ingressclass.kubernetes.io/is-default-class'],
  field: 'ingressClassName',
  olderName: 'kubernetes.io/ingress.class',
}

/** Gives claims without a class the default StorageClass (the DefaultStorageClass plugin). */
export const defaultStorageClassPlugin = (source: AdmissionSource) => defaultClassPlugin(source, storage)
/** Gives Ingresses without a class the default IngressClass (the DefaultIngressClass plugin). */
export const defaultIngressClassPlugin = (source: AdmissionSource) => defaultClassPlugin(source, ingress)

function defaultClassPlugin({ lookupAll }: AdmissionSource, { of, classes, marks, field, olderName }: Defaulting): AdmissionPlugin {
  return {
    admit(attributes) {
      const { object, operation } = attributes
      if (object === undefined || operation !== 'CREATE' || !isFor(attributes, of.group, of.resource)) return
      if (object['spec']?.[field] !== undefined || object.metadata.annotations?.[olderName] !== undefined) return
      const defaults = lookupAll(classes, '').filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === 'true'))
      const newest = defaults.reduce<KubeObject | undefined>(
        (best, each) => (best === undefined || isNewer(each, best) ? each : best),
        undefined,
      )
      if (newest !== undefined) object['spec'] = { ...object['spec'], [field]: newest.metadata.name }
    },
  }
}

/** Of several defaults the newest counts; listed by name, the first of those that are equally new. */
const isNewer = ({ metadata: a }: KubeObject, { metadata: b }: KubeObject) => a.creationTimestamp! > b.creationTimestamp!
