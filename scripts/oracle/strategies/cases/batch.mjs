import { creates, updates } from '../variants.mjs'

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } }
const indexed = { spec: { completionMode: 'Indexed', completions: 3, parallelism: 2 } }
const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } } },
}
const schedules = [
  '',
  'x',
  '* * * *',
  '60 * * * *',
  '@daily',
  '@every 1h',
  '@every x',
  '@fortnightly',
  '*/0 * * * *',
  '5-1 * * * *',
  '* * * 13 *',
  '* * * * 8',
  '* * * jan mon',
  'TZ=UTC * * * * *',
  'CRON_TZ=UTC * * * * *',
  '* * * * * *',
  '1,2,x * * * *',
  '1-2-3 * * * *',
  '1/2/3 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '? * * * *',
  '-1 * * * *',
  'a-b * * * *',
  '*/x * * * *',
  'TZ=Nowhere/Land * * * * *',
  '  0 0 * * *  ',
  '1-70 * * * *',
  '@every 1h30m',
  '*/70 * * * *',
  '@',
  '0 0 ? * sun-sat',
  '1.5 * * * *',
  '0 0 1-15/3 * 1,3,5',
]
const zones = [
  '',
  'Europe/Berlin',
  'Nowhere/Land',
  'local',
  'UTC',
  '../etc',
  'europe/berlin',
  'Local',
  'Etc/GMT+5',
  '-x',
  'a b',
  'America/Argentina/Buenos_Aires',
  'EST',
  'utc',
  'GMT0',
  'Asia/Calcutta',
]

export const kinds = [
  {
    group: 'batch',
    version: 'v1',
    resource: 'jobs',
    cases: [
      ...creates(job, {
        minimal: {},
        'labels from the template': { spec: { template: { metadata: { labels: { a: 'b' } } } } },
        'own labels': { metadata: { labels: { x: 'y' } }, spec: { template: { metadata: { labels: { a: 'b' } } } } },
        'parallelism alone': { spec: { parallelism: 3 } },
        'completions alone': { spec: { completions: 3 } },
        'restart policy missing': { spec: { template: { spec: { restartPolicy: null } } } },
        'restart policy always': { spec: { template: { spec: { restartPolicy: 'Always' } } } },
        'restart policy unknown': { spec: { template: { spec: { restartPolicy: 'Sometimes' } } } },
        'no template': { spec: { template: null } },
        'negative numbers': {
          spec: {
            parallelism: -1,
            completions: -1,
            activeDeadlineSeconds: -1,
            backoffLimit: -1,
            ttlSecondsAfterFinished: -1,
            backoffLimitPerIndex: -1,
            maxFailedIndexes: -1,
          },
        },
        indexed,
        'indexed without completions': { spec: { completionMode: 'Indexed', parallelism: 2 } },
        'indexed too parallel': { spec: { completionMode: 'Indexed', parallelism: 100001, completions: 100001, backoffLimitPerIndex: 1 } },
        'indexed many': { spec: { completionMode: 'Indexed', parallelism: 20000, completions: 100002 } },
        'indexed failures': { spec: { ...indexed.spec, backoffLimitPerIndex: 1, maxFailedIndexes: 5 } },
        'max failed alone': { spec: { ...indexed.spec, maxFailedIndexes: 2 } },
        'per index without indexed': { spec: { backoffLimitPerIndex: 1, maxFailedIndexes: 2 } },
        'indexed long name': { metadata: { name: 'a'.repeat(62) }, ...indexed },
        'long name': { metadata: { name: `${'a'.repeat(30)}.${'b'.repeat(40)}` } },
        'dotted name': { metadata: { name: 'a.b' } },
        'completion mode unknown': { spec: { completionMode: 'Other' } },
        'manual selector': {
          spec: { manualSelector: true, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } },
        },
        'manual selector that misses': { spec: { manualSelector: true, selector: { matchLabels: { a: 'b' } } } },
        'manual without selector': { spec: { manualSelector: true } },
        'selector without manual': { spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } } },
        'own controller-uid': {
          spec: { template: { metadata: { labels: { 'controller-uid': 'x', 'batch.kubernetes.io/job-name': 'y' } } } },
        },
        'managed by': { spec: { managedBy: 'example.com/me' } },
        'bad managed by': { spec: { managedBy: 'me' } },
        'long managed by': { spec: { managedBy: `example.com/${'m'.repeat(70)}` } },
        'replacement policy': { spec: { podReplacementPolicy: 'Other' } },
        'failure policy': {
          spec: {
            podFailurePolicy: {
              rules: [
                { action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } },
                { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
              ],
            },
          },
        },
        'bad failure policy': {
          spec: {
            podReplacementPolicy: 'TerminatingOrFailed',
            template: { spec: { restartPolicy: 'OnFailure' } },
            podFailurePolicy: {
              rules: [
                { action: '' },
                { action: 'Explode', onExitCodes: { operator: 'Near' } },
                {
                  action: 'FailIndex',
                  onExitCodes: { containerName: 'z', operator: 'In', values: [0, 3, 2, 2] },
                  onPodConditions: [{ type: 'a b', status: 'Maybe' }],
                },
                { action: 'Count', onExitCodes: { operator: '' } },
              ],
            },
          },
        },
        'success policy': { spec: { ...indexed.spec, successPolicy: { rules: [{ succeededIndexes: '0,2', succeededCount: 1 }] } } },
        'bad success policy': {
          spec: {
            ...indexed.spec,
            successPolicy: {
              rules: [
                {},
                { succeededIndexes: '5' },
                { succeededCount: 9 },
                { succeededIndexes: '1-0' },
                { succeededIndexes: '0-1', succeededCount: 3 },
                { succeededIndexes: 'x' },
                { succeededIndexes: '0-1-2' },
                { succeededIndexes: '1,0' },
                { succeededCount: -1 },
              ],
            },
          },
        },
        'success policy not indexed': { spec: { successPolicy: { rules: [{ succeededCount: 1 }] } } },
        'empty success policy': { spec: { ...indexed.spec, successPolicy: {} } },
        'status is dropped': { status: { active: 3 } },
        suspended: { spec: { suspend: true } },
      }),
      ...updates(job, {
        nothing: {},
        parallelism: { spec: { parallelism: 5 } },
        completions: { spec: { completions: 5 } },
        template: { spec: { template: { spec: { terminationGracePeriodSeconds: 3 } } } },
        selector: { spec: { selector: { matchLabels: { a: 'b' } } } },
        'mode and policies': {
          spec: {
            completionMode: 'Indexed',
            backoffLimitPerIndex: 1,
            managedBy: 'a.b/c',
            podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'X', status: 'True' }] }] },
            successPolicy: { rules: [{ succeededCount: 1 }] },
          },
        },
        ttl: { spec: { ttlSecondsAfterFinished: 3 } },
        labels: { metadata: { labels: { a: 'b' } } },
        'node selector': { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } },
        negative: { spec: { parallelism: -1 } },
      }),
      ...updates(
        { ...job, spec: { ...job.spec, suspend: true } },
        {
          'suspended: node selector': {
            spec: {
              template: {
                spec: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'x', operator: 'Exists' }] },
                metadata: { annotations: { a: 'b' } },
              },
            },
          },
          'suspended: resources': {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      name: 'c',
                      image: 'busybox',
                      imagePullPolicy: 'Always',
                      terminationMessagePath: '/dev/termination-log',
                      terminationMessagePolicy: 'File',
                      resources: { requests: { cpu: '1' } },
                    },
                  ],
                },
              },
            },
          },
          'suspended: image': {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      name: 'c',
                      image: 'other',
                      imagePullPolicy: 'Always',
                      terminationMessagePath: '/dev/termination-log',
                      terminationMessagePolicy: 'File',
                      resources: {},
                    },
                  ],
                },
              },
            },
          },
          'suspended: affinity': {
            spec: {
              template: {
                spec: {
                  affinity: {
                    nodeAffinity: {
                      requiredDuringSchedulingIgnoredDuringExecution: {
                        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
                      },
                    },
                  },
                },
              },
            },
          },
          resume: { spec: { suspend: false } },
        },
      ),
      ...updates(
        { ...job, spec: { ...job.spec, ...indexed.spec } },
        {
          elastic: { spec: { completions: 4, parallelism: 4 } },
          'completions without parallelism': { spec: { completions: 4 } },
        },
      ),
      ...updates(
        job,
        {
          'status active': {
            status: { active: 1, startTime: '2026-01-01T00:00:00Z', ready: 1 },
            spec: { parallelism: 9 },
            metadata: { labels: { a: 'b' } },
          },
          'status negative': {
            status: {
              active: -1,
              succeeded: -1,
              failed: -1,
              ready: -1,
              terminating: -1,
              uncountedTerminatedPods: { succeeded: ['', 'a', 'a'], failed: ['a', 'b'] },
            },
          },
          'complete without criteria': { status: { active: 1, conditions: [{ type: 'Complete', status: 'True' }] } },
          complete: {
            status: {
              startTime: '2026-01-01T00:00:00Z',
              completionTime: '2026-01-01T00:01:00Z',
              succeeded: 1,
              conditions: [
                { type: 'SuccessCriteriaMet', status: 'True' },
                { type: 'Complete', status: 'True' },
              ],
            },
          },
          'complete too early': {
            status: {
              startTime: '2026-01-01T00:00:00Z',
              completionTime: '2025-01-01T00:01:00Z',
              succeeded: 1,
              conditions: [
                { type: 'SuccessCriteriaMet', status: 'True' },
                { type: 'Complete', status: 'True' },
              ],
            },
          },
          failed: { status: { startTime: '2026-01-01T00:00:00Z', failed: 1, conditions: [{ type: 'Failed', status: 'True' }] } },
          'complete and failed': {
            status: {
              startTime: '2026-01-01T00:00:00Z',
              terminating: 1,
              uncountedTerminatedPods: { failed: ['x'] },
              failed: 1,
              completionTime: '2026-01-01T00:00:01Z',
              conditions: [
                { type: 'Failed', status: 'True' },
                { type: 'FailureTarget', status: 'True' },
                { type: 'Complete', status: 'True' },
                { type: 'SuccessCriteriaMet', status: 'True' },
              ],
            },
          },
          'not complete with time': { status: { completionTime: '2026-01-01T00:00:01Z' } },
          'indexes without index': { status: { completedIndexes: '0', failedIndexes: '1' } },
          'more ready than active': { status: { active: 1, ready: 2 } },
        },
        'status',
      ),
      ...updates(
        { ...job, spec: { ...job.spec, ...indexed.spec, backoffLimitPerIndex: 1 } },
        {
          'indexed status': { status: { completedIndexes: '0-1', failedIndexes: '2' } },
          overlapping: { status: { completedIndexes: '0-1', failedIndexes: '1' } },
          'bad indexes': { status: { completedIndexes: '7', failedIndexes: 'x' } },
        },
        'status',
      ),
      ...updates(
        job,
        {
          'counters go down': [
            { subresource: 'status', status: { startTime: '2026-01-01T00:00:00Z', succeeded: 2, failed: 3 } },
            { status: { startTime: '2026-01-02T00:00:00Z', succeeded: 1, failed: 1 } },
          ],
          'finished stays finished': [
            {
              subresource: 'status',
              status: {
                startTime: '2026-01-01T00:00:00Z',
                completionTime: '2026-01-01T00:01:00Z',
                succeeded: 1,
                conditions: [
                  { type: 'SuccessCriteriaMet', status: 'True' },
                  { type: 'Complete', status: 'True' },
                ],
              },
            },
            { status: { completionTime: '2026-01-01T00:02:00Z', conditions: [] } },
          ],
        },
        'status',
      ),
    ],
  },
  {
    group: 'batch',
    version: 'v1',
    resource: 'cronjobs',
    cases: [
      ...creates(cronJob, {
        minimal: {},
        'long name': { metadata: { name: 'a'.repeat(53) } },
        'dotted name': { metadata: { name: 'a.b' } },
        numbers: { spec: { startingDeadlineSeconds: -1, successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1 } },
        concurrency: { spec: { concurrencyPolicy: 'Sometimes' } },
        forbid: { spec: { concurrencyPolicy: 'Forbid', suspend: true } },
        'restart policy': { spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: null } } } } } },
        selector: { spec: { jobTemplate: { spec: { selector: { matchLabels: { a: 'b' } }, manualSelector: true } } } },
        'job fields': { spec: { jobTemplate: { spec: { parallelism: -1, completions: 3, completionMode: 'Indexed' } } } },
        'failure policy': {
          spec: {
            jobTemplate: { spec: { podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] } } },
          },
        },
        'no job template': { spec: { jobTemplate: null } },
        status: { status: { lastScheduleTime: '2026-01-01T00:00:00Z' } },
        'zone and TZ': { spec: { schedule: 'TZ=UTC 0 * * * *', timeZone: 'UTC' } },
      }),
      ...creates(
        cronJob,
        Object.fromEntries(schedules.map((schedule) => [`schedule ${JSON.stringify(schedule)}`, { spec: { schedule } }])),
      ),
      ...creates(cronJob, Object.fromEntries(zones.map((timeZone) => [`time zone ${JSON.stringify(timeZone)}`, { spec: { timeZone } }]))),
      ...updates(cronJob, {
        suspend: { spec: { suspend: true } },
        labels: { metadata: { labels: { a: 'b' } } },
        'schedule with a zone': { spec: { schedule: 'TZ=UTC * * * * *' } },
        'bad zone': { spec: { timeZone: 'Nowhere/Land' } },
      }),
      ...updates(
        cronJob,
        { status: { status: { lastScheduleTime: '2026-01-01T00:00:00Z' }, spec: { suspend: true }, metadata: { labels: { a: 'b' } } } },
        'status',
      ),
    ],
  },
]
