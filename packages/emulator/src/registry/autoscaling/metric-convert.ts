/** Metrics of autoscalers in the words of autoscaling/v1, whose annotations hold them, and of autoscaling/v2 (apis/autoscaling/v1/conversion.go). */
import type { Fields } from '../../apimachinery/validation/index.ts'

/** Leaves out what is absent, so that fields can be written in their order. */
const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))

const isZero = (quantity: unknown) => quantity === undefined || quantity === null || /^0*(\.0*)?[A-Za-z]*$/.test(String(quantity))

const metric = (name: string | undefined, selector: unknown) => present({ name: name ?? '', selector })

const reference = ({ kind = '', name = '', apiVersion }: Fields = {}) => present({ kind, name, apiVersion: apiVersion || undefined })

/** For each source: the same in v1 and in v2, as a goal (spec) or as measured (status). */
interface SourceConversion {
  specToV1(source: Fields): Fields
  specToV2(source: Fields): Fields
  statusToV1(source: Fields): Fields
  statusToV2(source: Fields): Fields
}

const utilizationOrValue = ({ targetAverageUtilization, targetAverageValue }: Fields) =>
  present({
    type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
    averageValue: targetAverageValue,
    averageUtilization: targetAverageUtilization,
  })

const resource: SourceConversion = {
  specToV1: ({ name = '', target = {}, container }) =>
    present({
      name,
      targetAverageUtilization: target.averageUtilization,
      targetAverageValue: target.averageValue,
      container,
    }),
  specToV2: (source) => present({ name: source['name'] ?? '', target: utilizationOrValue(source), container: source['container'] }),
  statusToV1: ({ name = '', current = {}, container }) =>
    present({
      name,
      currentAverageUtilization: current.averageUtilization,
      currentAverageValue: current.averageValue ?? '0',
      container,
    }),
  statusToV2: ({ name = '', currentAverageUtilization, currentAverageValue = '0', container }) =>
    present({ name, current: present({ averageValue: currentAverageValue, averageUtilization: currentAverageUtilization }), container }),
}

const conversions: Record<string, SourceConversion> = {
  object: {
    specToV1: ({ describedObject, metric: { name, selector } = {} as Fields, target = {} }) =>
      present({
        target: reference(describedObject),
        metricName: name ?? '',
        targetValue: target.value ?? '0',
        selector,
        averageValue: target.averageValue,
      }),
    specToV2: ({ target, metricName, targetValue = '0', selector, averageValue }) => {
      const byAverage = averageValue !== undefined
      return {
        describedObject: reference(target),
        target: present({
          type: byAverage ? 'AverageValue' : 'Value',
          value: byAverage && isZero(targetValue) ? undefined : targetValue,
          averageValue,
        }),
        metric: metric(metricName, selector),
      }
    },
    statusToV1: ({ describedObject, metric: { name, selector } = {} as Fields, current = {} }) =>
      present({
        target: reference(describedObject),
        metricName: name ?? '',
        currentValue: current.value ?? '0',
        selector,
        averageValue: current.averageValue,
      }),
    statusToV2: ({ target, metricName, currentValue = '0', selector, averageValue }) => ({
      metric: metric(metricName, selector),
      current: present({ value: currentValue, averageValue }),
      describedObject: reference(target),
    }),
  },
  pods: {
    specToV1: ({ metric: { name, selector } = {} as Fields, target = {} }) =>
      present({ metricName: name ?? '', targetAverageValue: target.averageValue ?? '0', selector }),
    specToV2: ({ metricName, targetAverageValue = '0', selector }) => ({
      metric: metric(metricName, selector),
      target: { type: 'AverageValue', averageValue: targetAverageValue },
    }),
    statusToV1: ({ metric: { name, selector } = {} as Fields, current = {} }) =>
      present({ metricName: name ?? '', currentAverageValue: current.averageValue ?? '0', selector }),
    statusToV2: ({ metricName, currentAverageValue = '0', selector }) => ({
      metric: metric(metricName, selector),
      current: { averageValue: currentAverageValue },
    }),
  },
  resource,
  containerResource: resource,
  external: {
    specToV1: ({ metric: { name, selector } = {} as Fields, target = {} }) =>
      present({
        metricName: name ?? '',
        metricSelector: selector,
        targetValue: target.value,
        targetAverageValue: target.averageValue,
      }),
    specToV2: ({ metricName, metricSelector, targetValue, targetAverageValue }) => ({
      metric: metric(metricName, metricSelector),
      target: present({
        type: targetValue === undefined ? 'AverageValue' : 'Value',
        value: targetValue,
        averageValue: targetAverageValue,
      }),
    }),
    statusToV1: ({ metric: { name, selector } = {} as Fields, current = {} }) =>
      present({
        metricName: name ?? '',
        metricSelector: selector,
        currentValue: current.value ?? '0',
        currentAverageValue: current.averageValue,
      }),
    statusToV2: ({ metricName, metricSelector, currentValue = '0', currentAverageValue }) => ({
      metric: metric(metricName, metricSelector),
      current: present({ value: currentValue, averageValue: currentAverageValue }),
    }),
  },
}

/** Converts one metric of a spec (`specTo…`) or status (`statusTo…`). */
export function convertMetric(entry: Fields, direction: keyof SourceConversion): Fields {
  const converted: Fields = { type: entry['type'] ?? '' }
  for (const [source, conversion] of Object.entries(conversions)) {
    if (entry[source]) converted[source] = conversion[direction](entry[source])
  }
  return converted
}
