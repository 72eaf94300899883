import { expect, it } from 'vitest'
import { testRecorded } from '../testing/recorded.ts'
import { appsStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), appsStrategies, { elsewhere: ['bad template generation'] })

it('daemonsets: a template generation that is no number is refused while decoding', () => {
  const metadata = { name: 'web', annotations: { 'deprecated.daemonset.template.generation': 'x' } }
  const object = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: {} }
  expect(() => appsStrategies['daemonsets']?.applyDefaults?.(object)).toThrow(
    'DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing "x": invalid syntax',
  )
})
