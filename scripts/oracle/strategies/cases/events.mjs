import { creates, updates } from '../variants.mjs'

const involved = { kind: 'Pod', namespace: 'kinds-rest', name: 'p', uid: 'u', apiVersion: 'v1', fieldPath: 'spec' }
const core = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1' },
  involvedObject: involved,
  reason: 'Started',
  message: 'hi',
  type: 'Normal',
  source: { component: 'kubelet', host: 'n' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:00Z',
  count: 1,
}
const modern = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'web.2' },
  regarding: involved,
  reason: 'Started',
  note: 'hi',
  type: 'Normal',
  eventTime: '2026-01-01T00:00:00.123456Z',
  reportingController: 'example.com/c',
  reportingInstance: 'c-1',
  action: 'Starting',
}

export const kinds = [
  {
    group: '',
    version: 'v1',
    resource: 'events',
    cases: [
      ...creates(core, {
        minimal: {},
        'other namespace': { involvedObject: { namespace: 'other' } },
        'no namespace': { involvedObject: { namespace: null } },
        'with time': { eventTime: '2026-01-01T00:00:00.000000Z' },
        'with time and controller': {
          eventTime: '2026-01-01T00:00:00.000000Z',
          reportingComponent: 'a b',
          reportingInstance: 'x'.repeat(129),
          action: 'y'.repeat(129),
          reason: 'z'.repeat(129),
          message: 'm'.repeat(1025),
        },
        'no reason': {
          eventTime: '2026-01-01T00:00:00.000000Z',
          reason: null,
          reportingComponent: 'a',
          reportingInstance: 'b',
          action: 'c',
        },
        'any type': { type: 'Whatever' },
        empty: {
          involvedObject: null,
          reason: null,
          message: null,
          type: null,
          source: null,
          firstTimestamp: null,
          lastTimestamp: null,
          count: null,
        },
      }),
      ...updates(core, { count: { count: 2, lastTimestamp: '2026-01-01T00:00:09Z' }, message: { message: 'other', reason: 'Other' } }),
    ],
  },
  {
    group: 'events.k8s.io',
    version: 'v1',
    resource: 'events',
    cases: [
      ...creates(modern, {
        minimal: {},
        'no time': { eventTime: null },
        'bad type': { type: 'Whatever' },
        'deprecated fields': {
          deprecatedCount: 1,
          deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
          deprecatedLastTimestamp: '2026-01-01T00:00:00Z',
          deprecatedSource: { component: 'x' },
        },
        series: { series: { count: 1 } },
        'good series': { series: { count: 2, lastObservedTime: '2026-01-01T00:00:00.000000Z' } },
        'no controller': { reportingController: null, reportingInstance: null, action: null, reason: null },
        'other namespace': { regarding: { namespace: 'other' } },
        'no namespace': { regarding: { namespace: null } },
      }),
      ...updates(modern, {
        series: { series: { count: 2, lastObservedTime: '2026-01-01T00:00:00.000000Z' } },
        immutable: {
          note: 'other',
          reason: 'Other',
          type: 'Warning',
          action: 'x',
          reportingController: 'b',
          reportingInstance: 'c',
          regarding: { name: 'q' },
          related: { name: 'r' },
          eventTime: '2026-01-01T00:00:01.000000Z',
        },
        deprecated: { deprecatedCount: 1, deprecatedSource: { component: 'x' }, deprecatedFirstTimestamp: '2026-01-01T00:00:00Z' },
      }),
    ],
  },
]
