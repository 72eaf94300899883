import type { KubeObject } from '../apimachinery/object.ts'

interface ServicePort {
  name?: string
  port: number
  protocol?: string
}

/**
 * The variables of the Services of a Pod's namespace that have a cluster IP (kubernetes/pkg/kubelet/envvars). Not those of the API
 * server's own Service, which are there also without service links.
 */
export function serviceVariables(services: readonly KubeObject[]): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const { metadata, spec } of services) {
    const { clusterIP = '', ports = [] } = (spec ?? {}) as { clusterIP?: string; ports?: ServicePort[] }
    if (clusterIP === '' || clusterIP === 'None' || ports.length === 0) continue
    if (metadata.namespace === 'default' && metadata.name === 'kubernetes') continue
    Object.assign(variables, variablesOf(variableName(metadata.name!), clusterIP, ports))
  }
  return variables
}

function variablesOf(prefix: string, ip: string, ports: ServicePort[]): Record<string, string> {
  const variables: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip, [`${prefix}_SERVICE_PORT`]: String(ports[0]!.port) }
  for (const { name, port } of ports) if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port)
  for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
    const transport = protocol.toLowerCase()
    const address = `${transport}://${ip.includes(':') ? `[${ip}]` : ip}:${port}`
    if (index === 0) variables[`${prefix}_PORT`] = address
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`
    Object.assign(variables, { [link]: address, [`${link}_PROTO`]: transport, [`${link}_PORT`]: String(port), [`${link}_ADDR`]: ip })
  }
  return variables
}

const variableName = (name: string) => name.replaceAll('-', '_').toUpperCase()
