import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../apimachinery/object.ts'
import type { StrategyContext } from '../../strategy.ts'
import { allocateForCreate, allocateForUpdate } from './allocate.ts'

const service = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', uid: name },
  spec: { type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP' }], ...spec },
})

const context = (...services: KubeObject[]) => ({ dryRun: false, lookupAll: () => services }) as unknown as StrategyContext
const options = { clusterCIDR: '10.96.0.0/16', nodePorts: [30000, 32767], random: () => 0 } as const

function allocated(wanted: KubeObject, ...others: KubeObject[]) {
  allocateForCreate(wanted, context(...others), options)
  return wanted['spec']
}

const message = (wanted: KubeObject, ...others: KubeObject[]) => {
  try {
    allocated(wanted, ...others)
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

describe('cluster IPs', () => {
  it('chooses above the band that is kept for those who choose their own', () => {
    const first = service('a', {})
    expect(allocated(first)).toMatchObject({ clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'], ipFamilies: ['IPv4'] })
    expect(allocated(service('b', {}), first).clusterIP).toBe('10.96.1.2')
  })

  it.each([
    ['10.96.0.1', 'provided IP is already allocated'],
    ['10.96.0.9', 'provided IP is already allocated'],
    ['10.96.0.0', 'the provided network does not match the current range'],
    ['10.96.255.255', 'the provided network does not match the current range'],
    ['192.168.1.1', 'the provided network does not match the current range'],
  ])('refuses %s', (ip, text) => {
    const refusal = message(service('b', { clusterIP: ip }), service('a', { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }))
    expect(refusal).toBe(`Service "b" is invalid: spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: ${text}`)
  })

  it('gives a Service its address back when nobody else has it', () => {
    expect(allocated(service('kubernetes', { clusterIP: '10.96.0.1' })).clusterIP).toBe('10.96.0.1')
  })

  it('allocates none for headless and external Services', () => {
    expect(allocated(service('a', { clusterIP: 'None', clusterIPs: ['None'] })).clusterIP).toBe('None')
    expect(allocated(service('a', { type: 'ExternalName', externalName: 'example.com' })).clusterIP).toBeUndefined()
  })
})

describe('node ports', () => {
  const nodePort = (name: string, ...ports: object[]) => service(name, { type: 'NodePort', ports })

  it('shares one among the protocols of a port', () => {
    const { ports } = allocated(
      nodePort('dns', { port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }, { port: 9153, protocol: 'TCP' }),
    )
    expect(ports.map((port: { nodePort: number }) => port.nodePort)).toEqual([30086, 30086, 30087])
  })

  it.each([
    [30080, 'provided port is already allocated'],
    [80, 'provided port is not in the valid range. The range of valid ports is 30000-32767'],
  ])('refuses %i', (port, text) => {
    const taken = nodePort('a', { port: 80, protocol: 'TCP', nodePort: 30080 })
    const refusal = message(nodePort('b', { port: 80, protocol: 'TCP', nodePort: port }), taken)
    expect(refusal).toBe(`Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${port}: ${text}`)
  })

  it('keeps those that a Service has when it changes', () => {
    const old = nodePort('a', { port: 80, protocol: 'TCP', nodePort: 30080 })
    allocated(old)
    const changed = structuredClone(old)
    changed['spec'].ports.push({ port: 443, protocol: 'TCP' })
    allocateForUpdate(changed, old, context(old), options)
    expect(changed['spec'].ports.map((port: { nodePort: number }) => port.nodePort)).toEqual([30080, 30086])
  })
})
