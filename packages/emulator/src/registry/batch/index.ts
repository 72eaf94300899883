import type { Strategy } from '../strategy.ts'
import { cronJob } from './cron-job.ts'
import { job } from './job.ts'

/** Strategies of the group batch, by resource. */
export const batchStrategies: Record<string, Strategy> = { jobs: job, cronjobs: cronJob }
