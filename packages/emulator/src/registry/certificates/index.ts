import type { Strategy } from '../strategy.ts'
import { certificateSigningRequest } from './certificate-signing-request.ts'

/** Strategies of the group certificates.k8s.io, by resource. */
export const certificatesStrategies: Record<string, Strategy> = { certificatesigningrequests: certificateSigningRequest }
