// The addresses of the cluster, as kubeadm and kind give them.

/** Of the Service `kubernetes`. */
export const serviceIP = '10.96.0.1'
export const servicePort = 443
export const servicePrefixBits = 16
/** Of the Service `kube-dns`, where there is a network for it. */
export const dnsIP = '10.96.0.10'
/** The node's, by which a Pod with a network of its own reaches everything outside of itself. */
export const nodeIP = '10.244.0.1'
/** Of the Pod that has a network of its own. */
export const podIP = '10.244.0.5'
/** Of names outside the cluster that may be reached: in a range that nobody has (RFC 2544). */
export const outsideIP = (index: number) => `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}`

/** Where a Pod and its cluster see each other. */
export interface PodNetwork {
  podIP: string
  hostIP: string
  /** Where Pods reach the API server, if that is not where it listens. */
  server?: { host: string; port: number }
  /** The cluster's DNS server, if there is one. */
  dnsIP?: string
}

/** This machine's own. */
export const hostNetwork: PodNetwork = { podIP: '127.0.0.1', hostIP: '127.0.0.1' }
export const isolatedNetwork: PodNetwork = { podIP, hostIP: nodeIP, server: { host: serviceIP, port: servicePort }, dnsIP }
