import type { KubeObject } from '../../apimachinery/object.ts'
import type { RowCondition } from '../services.ts'
import { humanDuration } from './human-duration.ts'

/** The time that cells are relative to. */
export interface Ages {
  /** Since a time; `<unknown>` without one. */
  since(time: string | null | undefined): string
}

/** What a Table shows of the objects of a resource, in the version that is stored. */
export interface RowPrinter {
  cells(object: KubeObject, ages: Ages): unknown[]
  conditions?(object: KubeObject): RowCondition[] | undefined
  /** The order of the rows of a list, where it is not that of the keys. */
  compare?(left: KubeObject, right: KubeObject): number
}

export type RowPrinters = Readonly<Record<string, RowPrinter>>

/** @param now milliseconds since the epoch */
export const agesAt = (now: number): Ages => ({
  since: (time) => (time ? humanDuration(now - Date.parse(time)) : '<unknown>'),
})

/** Prints a row that is made of the name, some cells and, last, the age. */
export const named = (cells: (object: KubeObject, ages: Ages) => unknown[]): RowPrinter => ({
  cells: (object, ages) => [nameOf(object), ...cells(object, ages), ageOf(object, ages)],
})

export const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? ''
export const ageOf = ({ metadata }: KubeObject, ages: Ages): string => ages.since(metadata.creationTimestamp)
