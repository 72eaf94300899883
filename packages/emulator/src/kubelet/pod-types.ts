import type { KubeObject } from '../apimachinery/object.ts'

// What the kubelet reads of a Pod's spec, in its wire spelling.

export interface Pod extends KubeObject {
  spec: PodSpec
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  nodeName?: string
  serviceAccountName?: string
  enableServiceLinks?: boolean
  hostname?: string
  hostnameOverride?: string
  subdomain?: string
  hostNetwork?: boolean
  hostAliases?: Array<{ ip: string; hostnames?: string[] }>
  dnsPolicy?: string
  dnsConfig?: { nameservers?: string[]; searches?: string[]; options?: Array<{ name: string; value?: string }> }
  restartPolicy?: string
  terminationGracePeriodSeconds?: number
  securityContext?: { runAsUser?: number; fsGroup?: number }
  // biome-ignore lint/suspicious/noExplicitAny: the rest is only looked at for what is not honoured
  [field: string]: any
}

export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  workingDir?: string
  env?: EnvVar[]
  envFrom?: EnvFromSource[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
  volumeMounts?: VolumeMount[]
  ports?: Array<{ name?: string; containerPort: number }>
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  lifecycle?: { postStart?: Handler; preStop?: Handler }
  terminationMessagePath?: string
  terminationMessagePolicy?: string
  // biome-ignore lint/suspicious/noExplicitAny: see PodSpec
  [field: string]: any
}

/** What a probe or a lifecycle hook does; one of these. */
export interface Handler {
  exec?: { command?: string[] }
  httpGet?: HttpGetAction
  tcpSocket?: { host?: string; port: number | string }
  sleep?: { seconds: number }
  // biome-ignore lint/suspicious/noExplicitAny: others are only looked at for what is not honoured
  [field: string]: any
}

export interface HttpGetAction {
  host?: string
  port: number | string
  path?: string
  scheme?: string
  httpHeaders?: Array<{ name: string; value: string }>
}

export interface Probe extends Handler {
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  successThreshold?: number
  failureThreshold?: number
  terminationGracePeriodSeconds?: number
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    fieldRef?: FieldReference
    resourceFieldRef?: ResourceReference
    configMapKeyRef?: KeyReference
    secretKeyRef?: KeyReference
    fileKeyRef?: { volumeName: string; path: string; key: string; optional?: boolean }
  }
}

export interface EnvFromSource {
  prefix?: string
  configMapRef?: { name?: string; optional?: boolean }
  secretRef?: { name?: string; optional?: boolean }
}

export interface FieldReference {
  apiVersion?: string
  fieldPath: string
}

export interface ResourceReference {
  containerName?: string
  resource: string
  divisor?: string
}

export interface KeyReference {
  name?: string
  key: string
  optional?: boolean
}

export interface VolumeMount {
  name: string
  mountPath: string
  subPath?: string
  subPathExpr?: string
  readOnly?: boolean
}

export interface KeyToPath {
  key: string
  path: string
  mode?: number
}

export interface DownwardFile {
  path: string
  mode?: number
  fieldRef?: FieldReference
  resourceFieldRef?: ResourceReference
}

export interface ProjectedSource {
  configMap?: { name?: string; items?: KeyToPath[]; optional?: boolean }
  secret?: { name?: string; items?: KeyToPath[]; optional?: boolean }
  downwardAPI?: { items?: DownwardFile[] }
  serviceAccountToken?: { audience?: string; expirationSeconds?: number; path: string }
  clusterTrustBundle?: { name?: string; signerName?: string; labelSelector?: Record<string, unknown>; optional?: boolean; path: string }
  podCertificate?: Record<string, unknown>
}

export interface Volume {
  name: string
  configMap?: { name?: string; items?: KeyToPath[]; defaultMode?: number; optional?: boolean }
  secret?: { secretName?: string; items?: KeyToPath[]; defaultMode?: number; optional?: boolean }
  projected?: { sources?: ProjectedSource[]; defaultMode?: number }
  downwardAPI?: { items?: DownwardFile[]; defaultMode?: number }
  emptyDir?: { medium?: string; sizeLimit?: string }
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean }
  hostPath?: { path: string; type?: string }
  // biome-ignore lint/suspicious/noExplicitAny: other kinds of volumes are folders
  [source: string]: any
}

/** What the kubelet knows of its node and the Pod's network. */
export interface NodeFacts {
  hostIP: string
  podIP: string
  /** The cluster's DNS server; without one, Pods ask the machine's. */
  dnsIP?: string
  /** Quantities that stand in for limits that are not set. */
  allocatable: Readonly<Record<string, string>>
}

/** What the kubelet reads from the API, at once. */
export interface KubeletReader {
  configMap(namespace: string, name: string): KubeObject | undefined
  secret(namespace: string, name: string): KubeObject | undefined
  services(namespace: string): readonly KubeObject[]
  clusterTrustBundles(): readonly KubeObject[]
}
