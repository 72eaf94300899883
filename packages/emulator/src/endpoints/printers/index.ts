import type { Clock } from '../../apimachinery/clock.ts'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { memoize } from '../../apimachinery/memoize.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import type { Facts } from '../../facts/types.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { ApiServices, Printer, TableColumn } from '../services.ts'
import { admissionPrinters } from './admission.ts'
import { autoscalingPrinters } from './autoscaling.ts'
import { clusterPrinters } from './cluster.ts'
import { describeColumn, descriptions } from './column-descriptions.ts'
import { corePrinters } from './core.ts'
import { customPrinter } from './custom.ts'
import { networkingPrinters } from './networking.ts'
import { podPrinters } from './pods.ts'
import { type Ages, ageOf, agesAt, nameOf, type RowPrinter, type RowPrinters } from './row-printer.ts'
import { storagePrinters } from './storage.ts'
import { workloadPrinters } from './workloads.ts'

/** By resource, with its group. Resources that are not here show when they were made. */
const rowPrinters: RowPrinters = {
  ...podPrinters,
  ...corePrinters,
  ...workloadPrinters,
  ...networkingPrinters,
  ...storagePrinters,
  ...autoscalingPrinters,
  ...admissionPrinters,
  ...clusterPrinters,
  // One kind in two groups.
  'events.events.k8s.io': corePrinters['events']!,
}

const createdAt: RowPrinter = { cells: (object) => [nameOf(object), object.metadata.creationTimestamp ?? null] }

const nameColumn: TableColumn = { name: 'Name', type: 'string', format: 'name', description: descriptions.Name, priority: 0 }

const defaultColumns: readonly TableColumn[] = [
  nameColumn,
  { name: 'Created At', type: 'date', format: '', description: descriptions.Age, priority: 0 },
]

const scaleColumns: readonly TableColumn[] = [
  { ...nameColumn, format: '' },
  {
    name: 'Desired',
    type: 'integer',
    format: '',
    description: 'replicas is the desired number of instances for the scaled object.',
    priority: 0,
  },
  {
    name: 'Available',
    type: 'integer',
    format: '',
    description: 'replicas is the actual number of observed instances of the scaled object.',
    priority: 0,
  },
  { name: 'Age', type: 'string', format: '', description: descriptions.Age, priority: 0 },
]

const customScaleColumns: readonly TableColumn[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', format: '', description: 'Number of desired replicas', priority: 0 },
  { name: 'Available', type: 'integer', format: '', description: 'Number of actual replicas', priority: 0 },
  { name: 'Age', type: 'date', format: '', description: descriptions.Age, priority: 0 },
]

const scaleCells = (object: KubeObject, ages: Ages): unknown[] => [
  nameOf(object),
  object['spec']?.replicas ?? 0,
  object['status']?.replicas ?? 0,
  ageOf(object, ages),
]

/** What the rows of a Table hold, by resource. */
export function createPrinters(facts: Facts, clock: Clock): ApiServices['printers'] {
  return {
    scale(custom) {
      const columns = custom ? customScaleColumns : scaleColumns
      return { columns, cells: (object) => scaleCells(object, agesAt(clock.now())) }
    },
    of: memoize((definition: ResourceDefinition) => printerOf(definition, facts, clock)),
  }
}

function printerOf(definition: ResourceDefinition, facts: Facts, clock: Clock): Printer {
  if (definition.custom) {
    const { columns, cells } = customPrinter(definition.printerColumns ?? [], nameColumn)
    return { columns, cells: (object) => cells(object, agesAt(clock.now())) }
  }
  const { group, resource, codec } = definition
  const rows = rowPrinters[group === '' ? resource : `${resource}.${group}`] ?? createdAt
  // Rows show the stored version: each served version has the same columns.
  const stored = (object: KubeObject) => codec.toStorage?.(deepCopy(object)) ?? object
  const { conditions, compare } = rows
  return {
    columns: columnsOf(definition, facts),
    cells: (object) => rows.cells(stored(object), agesAt(clock.now())),
    ...(rows === createdAt ? { generic: true } : {}),
    ...(conditions === undefined ? {} : { conditions }),
    ...(compare === undefined ? {} : { compare }),
  }
}

function columnsOf({ group, version, resource }: ResourceDefinition, facts: Facts): readonly TableColumn[] {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const columns = facts.tableColumns[`${root}/${resource}`]
  return columns === undefined
    ? defaultColumns
    : columns.map(({ name, type, format, priority }) => ({ name, type, format, description: describeColumn(name), priority }))
}
