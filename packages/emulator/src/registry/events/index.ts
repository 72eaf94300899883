import type { Strategy } from '../strategy.ts'
import { coreEvent, modernEvent } from './event.ts'

export { coreEvent }

/** Strategies of the group events.k8s.io, by resource. */
export const eventsStrategies: Record<string, Strategy> = { events: modernEvent }
