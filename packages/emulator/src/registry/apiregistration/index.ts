import type { Strategy } from '../strategy.ts'
import { apiService } from './api-service.ts'

/** Strategies of the group apiregistration.k8s.io, by resource. */
export const apiregistrationStrategies: Record<string, Strategy> = { apiservices: apiService }
