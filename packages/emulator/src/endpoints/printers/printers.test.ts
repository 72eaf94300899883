import { beforeAll, describe, expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { Printer } from '../services.ts'
import { createPrinters } from './index.ts'

const clock = { now: () => Date.parse('2024-01-01T00:10:00Z') }
// biome-ignore lint/suspicious/noExplicitAny: parts of API objects
type Part = any

let printers: ReturnType<typeof createPrinters>
beforeAll(() => {
  printers = createPrinters(loadFacts(), clock)
})

const printerOf = (group: string, version: string, resource: string, more: Part = {}): Printer =>
  printers.of({ group, version, resource, custom: false, codec: {}, ...more } as ResourceDefinition)

const object = (name: string, more: Part): Part => ({ metadata: { name, creationTimestamp: '2024-01-01T00:00:00Z' }, ...more })

describe('pods, as a real server showed them', () => {
  const containers = [{ name: 'main' }, { name: 'side' }]
  const initContainers = [{ name: 'init-0' }, { name: 'init-1' }]
  const running = { running: {} }
  const ended = (exitCode: number, more: Part = {}) => ({ terminated: { exitCode, finishedAt: '2024-01-01T00:05:00Z', ...more } })
  const of = (name: string, state: Part, more: Part = {}) => ({ name, state, ready: false, restartCount: 0, ...more })
  const cases: [name: string, spec: Part, status: Part, cells: string[]][] = [
    ['new', {}, { phase: 'Pending' }, ['0/2', 'Pending', '0']],
    ['running', {}, { phase: 'Running', containerStatuses: [of('main', running, { ready: true })] }, ['1/2', 'Running', '0']],
    [
      'completed',
      {},
      { phase: 'Succeeded', containerStatuses: [of('main', ended(0, { reason: 'Completed' }))] },
      ['0/2', 'Completed', '0'],
    ],
    ['evicted', {}, { phase: 'Failed', reason: 'Evicted' }, ['0/2', 'Evicted', '0']],
    ['exit-code', {}, { phase: 'Running', containerStatuses: [of('main', ended(7))] }, ['0/2', 'ExitCode:7', '0']],
    ['signal', {}, { phase: 'Running', containerStatuses: [of('main', ended(0, { signal: 9 }))] }, ['0/2', 'Signal:9', '0']],
    [
      'restarted',
      {},
      { phase: 'Running', containerStatuses: [of('main', running, { ready: true, restartCount: 4, lastState: ended(1) })] },
      ['1/2', 'Running', '4 (5m ago)'],
    ],
    [
      'not-ready',
      {},
      { phase: 'Running', containerStatuses: [of('main', ended(0, { reason: 'Completed' })), of('side', running, { ready: true })] },
      ['1/2', 'NotReady', '0'],
    ],
    [
      'initializing',
      { initContainers },
      {
        phase: 'Pending',
        initContainerStatuses: [
          of('init-0', ended(0)),
          of('init-1', { waiting: { reason: 'PodInitializing' } }, { restartCount: 2, lastState: ended(1) }),
        ],
      },
      ['0/2', 'Init:1/2', '2 (5m ago)'],
    ],
    [
      'init-failed',
      { initContainers },
      { phase: 'Pending', initContainerStatuses: [of('init-0', ended(2, { reason: 'Error' }))] },
      ['0/2', 'Init:Error', '0'],
    ],
    [
      'init-signal',
      { initContainers },
      { phase: 'Pending', initContainerStatuses: [of('init-0', ended(2, { signal: 6 }))] },
      ['0/2', 'Init:Signal:6', '0'],
    ],
    [
      'sidecar',
      { initContainers: [{ name: 'car', restartPolicy: 'Always' }] },
      {
        phase: 'Running',
        initContainerStatuses: [of('car', running, { started: true, ready: true, restartCount: 1, lastState: ended(1) })],
        containerStatuses: [of('main', running, { ready: true }), of('side', running, { restartCount: 2 })],
      },
      ['2/3', 'Running', '3 (5m ago)'],
    ],
    [
      'gated',
      {},
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      ['0/2', 'SchedulingGated', '0'],
    ],
  ]
  test.each(cases)('%s', (name, spec, status, cells) => {
    const pod = object(name, { spec: { containers, ...spec }, status })
    expect(printerOf('', 'v1', 'pods').cells(pod).slice(0, 5)).toEqual([name, ...cells, '10m'])
  })

  test('one that is being deleted, and its end as a condition of the row', () => {
    const pod = object('p', { spec: { containers }, status: { phase: 'Running' } })
    pod.metadata.deletionTimestamp = '2024-01-01T00:09:00Z'
    expect(printerOf('', 'v1', 'pods').cells(pod)[2]).toBe('Terminating')
    pod.status.phase = 'Failed'
    expect(printerOf('', 'v1', 'pods').cells(pod)[2]).toBe('Failed')
    expect(printerOf('', 'v1', 'pods').conditions?.(pod)).toEqual([
      { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
    ])
  })
})

test('each row has a cell for each column', () => {
  // The server prints the age of IP addresses without a column for it.
  const without = new Set(['/apis/networking.k8s.io/v1/ipaddresses'])
  for (const [path, columns] of Object.entries(loadFacts().tableColumns)) {
    if (without.has(path)) continue
    const [group, version, resource] = path.startsWith('/api/') ? ['', ...path.split('/').slice(2)] : path.split('/').slice(2)
    const { cells } = printerOf(group!, version!, resource!)
    expect([path, cells(object('x', {})).length]).toEqual([path, columns.length])
  }
})

test('columns of custom resources', () => {
  const column = (type: string, jsonPath: string) => ({ name: jsonPath, type, jsonPath })
  const printerColumns = [
    column('integer', '.spec.n'),
    column('string', '.spec.float'),
    column('string', '.spec.map'),
    column('string', '.spec.list[*]'),
    column('boolean', '.spec.text'),
    column('date', '.spec.text'),
    column('date', '.metadata.creationTimestamp'),
    column('string', '.spec.list[9]'),
  ]
  const { columns, cells } = printerOf('example.com', 'v1', 'dials', { custom: true, printerColumns })
  expect(columns[1]).toEqual({
    name: '.spec.n',
    type: 'integer',
    format: '',
    description: 'Custom resource definition column (in JSONPath format): .spec.n',
    priority: 0,
  })
  const dial = object('one', { spec: { n: 2.75, float: 0.00001, map: { z: 1, a: '<' }, list: ['p', 'q'], text: 'x' } })
  expect(cells(dial)).toEqual(['one', 2, '1e-05', '{"a":"\\u003c","z":1}', 'p', null, '<invalid>', '10m', null])
  expect(printerOf('example.com', 'v1', 'dials', { custom: true }).columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'Name string',
    'Age date',
  ])
})
