import { withPodTemplate } from '../pod-template.ts'
import type { Strategy } from '../strategy.ts'
import { cronJob } from './cron-job.ts'
import { job } from './job.ts'

/** Strategies of the group batch, by resource. */
export const batchStrategies: Record<string, Strategy> = {
  jobs: withPodTemplate(job),
  cronjobs: withPodTemplate(cronJob, ({ spec }) => spec.jobTemplate?.spec),
}
