/**
 * HorizontalPodAutoscalers between autoscaling/v1 and v2, the stored version. What v1 has no fields for, annotations carry
 * (apis/autoscaling/v1/conversion.go).
 */
import type { KubeObject } from '../../apimachinery/object.ts'
import { showJSON } from '../../apimachinery/quote.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import { convertMetric } from './metric-convert.ts'

const prefix = 'autoscaling.alpha.kubernetes.io/'
const annotation = {
  metrics: `${prefix}metrics`,
  behavior: `${prefix}behavior`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
}
/** What only the encoding in v1 has. */
export const roundTrip = [...Object.values(annotation), `${prefix}scale-down-tolerance`, `${prefix}scale-up-tolerance`]

const cpuMetric = (averageUtilization: number): Fields => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

const isCpuUtilization = ({ type, resource }: Fields) =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined

/** The internal type has fields for what they say. */
export function withoutRoundTrip(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  if (metadata.annotations === undefined) return metadata
  const { annotations, ...rest } = metadata
  const kept = Object.entries(annotations).filter(([key]) => !roundTrip.includes(key))
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }
}

/** An annotation that is not valid JSON of its kind is as good as absent. */
function readAnnotation({ metadata }: KubeObject, key: string): unknown {
  const text = metadata.annotations?.[key]
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const readList = (object: KubeObject, key: string): Fields[] | undefined => {
  const value = readAnnotation(object, key)
  return Array.isArray(value) ? value : undefined
}

export function autoscalerToV2(v1: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: utilization, ...spec } = v1['spec'] ?? {}
  const { currentCPUUtilizationPercentage: current, ...status } = v1['status'] ?? {}
  const others = readList(v1, annotation.metrics)?.map((each) => convertMetric(each, 'specToV2')) ?? []
  const metrics = utilization === undefined ? others : [...others, cpuMetric(utilization)]
  const behavior = readBehavior(readAnnotation(v1, annotation.behavior))
  const measured =
    current === undefined ? null : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]
  const conditions = readList(v1, annotation.conditions)
  return {
    ...v1,
    apiVersion: 'autoscaling/v2',
    metadata: withoutRoundTrip(v1.metadata),
    spec: { ...spec, metrics: metrics.length === 0 ? [cpuMetric(80)] : metrics, ...(behavior === undefined ? {} : { behavior }) },
    status: {
      ...status,
      currentMetrics: readList(v1, annotation.currentMetrics)?.map((each) => convertMetric(each, 'statusToV2')) ?? measured,
      ...(conditions === undefined ? {} : { conditions }),
    },
  }
}

export function autoscalerToV1(v2: KubeObject): KubeObject {
  const { metrics, behavior, ...spec } = v2['spec'] ?? {}
  const { currentMetrics, conditions, ...status } = v2['status'] ?? {}
  const all: Fields[] = metrics ?? []
  const measured: Fields[] = currentMetrics ?? []
  const cpu = all.find(isCpuUtilization)
  const measuredCpu = measured.findLast(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')?.['resource'].current
  const carried: Record<string, unknown[] | Fields | undefined> = {
    [annotation.metrics]: all.filter((each) => !isCpuUtilization(each)).map((each) => convertMetric(each, 'specToV1')),
    [annotation.currentMetrics]: measured.map((each) => convertMetric(each, 'statusToV1')),
    [annotation.behavior]: behavior && showBehavior(behavior),
    [annotation.conditions]: (conditions ?? []).map(showCondition),
  }
  const entries = Object.entries(carried).filter(([, value]) => value !== undefined && (value as unknown[]).length !== 0)
  const metadata = withoutRoundTrip(v2.metadata)
  const annotations = { ...metadata.annotations, ...Object.fromEntries(entries.map(([key, value]) => [key, showJSON(value)])) }
  return {
    ...v2,
    apiVersion: 'autoscaling/v1',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu['resource'].target.averageUtilization }) },
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      ...(measuredCpu?.averageUtilization === undefined ? {} : { currentCPUUtilizationPercentage: measuredCpu.averageUtilization }),
    },
  }
}

const showCondition = ({ type = '', status = '', lastTransitionTime = null, reason, message }: Fields) => ({
  type,
  status,
  lastTransitionTime,
  ...(reason ? { reason } : {}),
  ...(message ? { message } : {}),
})

/** The annotation holds the server's internal type, in Go's spelling. */
const showBehavior = ({ scaleUp, scaleDown }: Fields) => ({ ScaleUp: showRules(scaleUp), ScaleDown: showRules(scaleDown) })

const showRules = (rules: Fields | undefined) =>
  rules
    ? {
        StabilizationWindowSeconds: rules['stabilizationWindowSeconds'] ?? null,
        SelectPolicy: rules['selectPolicy'] ?? null,
        Policies:
          rules['policies']?.map(({ type = '', value = 0, periodSeconds = 0 }: Fields) => ({
            Type: type,
            Value: value,
            PeriodSeconds: periodSeconds,
          })) ?? null,
        Tolerance: rules['tolerance'] ?? null,
      }
    : null

/** Go reads field names in any spelling of upper and lower case. */
function readBehavior(value: unknown): Fields | undefined {
  const { scaleUp, scaleDown } = readFields(value, ['scaleUp', 'scaleDown'])
  if (!scaleUp && !scaleDown) return undefined
  return { ...(scaleUp ? { scaleUp: readRules(scaleUp) } : {}), ...(scaleDown ? { scaleDown: readRules(scaleDown) } : {}) }
}

function readRules(value: unknown): Fields {
  const rules = readFields(value, ['stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'])
  if (!Array.isArray(rules['policies'])) return rules
  return { ...rules, policies: rules['policies'].map((policy) => readFields(policy, ['type', 'value', 'periodSeconds'])) }
}

function readFields(value: unknown, names: readonly string[]): Fields {
  const fields: Fields = {}
  for (const [key, item] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    const name = names.find((each) => each.toLowerCase() === key.toLowerCase())
    if (name !== undefined && item !== null) fields[name] = item
  }
  return fields
}
