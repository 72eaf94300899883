import { formatAmount, formatFirst, none } from './cell-text.ts'
import { named, type RowPrinters } from './row-printer.ts'

export const autoscalingPrinters: RowPrinters = {
  'horizontalpodautoscalers.autoscaling': named(({ spec = {}, status = {} }) => [
    `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
    formatMetrics(spec.metrics ?? [], status.currentMetrics ?? []),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas ?? 0,
    status.currentReplicas ?? 0,
  ]),
}

interface MetricValue {
  value?: string
  averageValue?: string
  averageUtilization?: number
}

interface MetricSource {
  name?: string
  target?: MetricValue
  current?: MetricValue
}

type Metric = { type: string } & { [source: string]: MetricSource | undefined }

/** Where the numbers of a type of metric are, and how they are written. */
const sources: Readonly<Record<string, { field: string; format: (spec: MetricSource, current?: MetricSource) => string }>> = {
  External: { field: 'external', format: formatValue },
  Object: { field: 'object', format: formatValue },
  Pods: { field: 'pods', format: (spec, status) => `${amount(status, 'averageValue')}/${pointer(spec.target?.averageValue)}` },
  Resource: { field: 'resource', format: formatResource },
  ContainerResource: { field: 'containerResource', format: formatResource },
}

const unknown = '<unknown>'

function formatMetrics(specs: readonly Metric[], statuses: readonly Metric[]): string {
  if (specs.length === 0) return none
  const texts = specs.map((spec, i) => {
    const source = sources[spec.type]
    const wanted = source && spec[source.field]
    return wanted === undefined ? '<unknown type>' : source!.format(wanted, statuses[i]?.[source!.field])
  })
  return formatFirst(texts, 2, ', ')
}

const amount = (source: MetricSource | undefined, field: 'value' | 'averageValue') =>
  source === undefined ? unknown : pointer(source.current?.[field])

const pointer = (quantity: string | undefined) => (quantity === undefined ? '<nil>' : formatAmount(quantity))

function formatValue({ target = {} }: MetricSource, status: MetricSource | undefined): string {
  if (target.averageValue === undefined) return `${amount(status, 'value')}/${pointer(target.value)}`
  const current = status?.current?.averageValue
  return `${current === undefined ? unknown : formatAmount(current)}/${formatAmount(target.averageValue)} (avg)`
}

function formatResource({ name = '', target = {} }: MetricSource, status: MetricSource | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${amount(status, 'averageValue')}/${formatAmount(target.averageValue)}`
  const percent = (value: number | undefined, otherwise: string) => (value === undefined ? otherwise : `${value}%`)
  return `${name}: ${percent(status?.current?.averageUtilization, unknown)}/${percent(target.averageUtilization, '<auto>')}`
}
