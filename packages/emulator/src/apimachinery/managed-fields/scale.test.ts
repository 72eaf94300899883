import { expect, it } from 'vitest'
import type { ManagedFieldsEntry } from '../object.ts'
import { parentManagedFields, scaleManagedFields } from './scale.ts'

const replicas = { 'f:spec': { 'f:replicas': {} } }
const entry = (manager: string, operation: string, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: replicas,
  ...more,
})
const pathOf = (apiVersion: string) => (apiVersion === 'apps/v1' ? 'spec.replicas' : undefined)
const time = '2030-01-01T00:00:00Z'

it('shows who owns the replicas, as of the Scale', () => {
  const parent = [
    entry('a', 'Apply', { fieldsV1: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }, time }),
    entry('b', 'Update', { fieldsV1: { 'f:status': {} } }),
  ]
  expect(scaleManagedFields(parent, pathOf)).toEqual([entry('a', 'Apply', { apiVersion: 'autoscaling/v1', time })])
  expect(scaleManagedFields(undefined, pathOf)).toBeUndefined()
})

it('passes the replicas on to whom writes the Scale', () => {
  const parent = [entry('a', 'Apply', { fieldsV1: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }, time })]
  const scale = [entry('hpa', 'Apply', { apiVersion: 'autoscaling/v1', subresource: 'scale', time })]
  // the new owner's time is not taken over
  expect(parentManagedFields(parent, scale, 'apps/v1', pathOf)).toEqual([
    entry('hpa', 'Apply', { subresource: 'scale' }),
    entry('a', 'Apply', { fieldsV1: { 'f:spec': { 'f:paused': {} } }, time }),
  ])
})

it('drops entries of versions that are not known', () => {
  expect(parentManagedFields([entry('a', 'Update', { apiVersion: 'apps/v9' })], undefined, 'apps/v1', pathOf)).toBeUndefined()
})
