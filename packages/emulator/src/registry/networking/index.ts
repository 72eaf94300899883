import type { Strategy } from '../strategy.ts'
import { ingress } from './ingress.ts'
import { ingressClass } from './ingress-class.ts'
import { ipAddress } from './ip-address.ts'
import { networkPolicy } from './network-policy.ts'
import { serviceCIDR } from './service-cidr.ts'

/** Strategies of the group networking.k8s.io, by resource. */
export const networkingStrategies: Record<string, Strategy> = {
  ingresses: ingress,
  ingressclasses: ingressClass,
  networkpolicies: networkPolicy,
  ipaddresses: ipAddress,
  servicecidrs: serviceCIDR,
}
