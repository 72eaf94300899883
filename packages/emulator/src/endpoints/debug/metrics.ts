import type { Registry } from '../../registry/registry.ts'
import { healthChecks } from '../health.ts'
import type { ApiResponse } from '../http.ts'

interface Metric {
  name: string
  help: string
  samples: ReadonlyArray<readonly [labels: Readonly<Record<string, string>>, value: number]>
  type?: 'counter'
}

/** Prometheus' text format, version 0.0.4. */
function exposition(metrics: readonly Metric[]): ApiResponse {
  const labelText = (labels: Readonly<Record<string, string>>) => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  }
  const blocks = metrics.map(({ name, help, samples, type = 'gauge' }) => {
    const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  })
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' },
    body: blocks.join(''),
  }
}

const healthMetric = (): Metric => ({
  name: 'kubernetes_healthcheck',
  help: '[STABLE] This metric records the result of a single healthcheck.',
  samples: healthChecks()
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, type }) => [{ name, type }, 1]),
})

/** `GET /metrics/slis`: the state of each health check. */
export const serveHealthMetrics = (): ApiResponse => exposition([healthMetric()])

const buildLabels = {
  buildDate: 'build_date',
  compiler: 'compiler',
  gitCommit: 'git_commit',
  gitTreeState: 'git_tree_state',
  gitVersion: 'git_version',
  goVersion: 'go_version',
  major: 'major',
  minor: 'minor',
  platform: 'platform',
} as const

/** `GET /metrics`: of a real server's metrics those that can be told at any time. Requests are not counted. */
export function serveMetrics({ catalog, lookupAll }: Registry, startedAt: number, build: Record<string, string>): ApiResponse {
  const counts = [...catalog.stored()].map(
    ({ group, resource }) => [{ group, resource }, lookupAll({ group, resource }, '').length] as const,
  )
  const { user, system } = process.cpuUsage()
  return exposition([
    {
      name: 'apiserver_resource_objects',
      help: '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      samples: counts,
    },
    {
      name: 'apiserver_storage_objects',
      help: '[STABLE] (Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      samples: counts.map(([{ group, resource }, count]) => [{ resource: group === '' ? resource : `${resource}.${group}` }, count]),
    },
    {
      name: 'kubernetes_build_info',
      help: '[ALPHA] A metric with a constant value labeled by major, minor, git version, git commit, git tree state, build date, Go version, compiler, and platform from which Kubernetes was built.',
      samples: [[Object.fromEntries(Object.entries(buildLabels).map(([field, label]) => [label, build[field] ?? ''])), 1]],
    },
    healthMetric(),
    {
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time spent in seconds.',
      samples: [[{}, (user + system) / 1e6]],
      type: 'counter',
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      samples: [[{}, process.memoryUsage.rss()]],
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start time of the process since unix epoch in seconds.',
      samples: [[{}, startedAt / 1000]],
    },
  ])
}
