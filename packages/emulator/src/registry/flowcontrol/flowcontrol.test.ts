import { testRecorded } from '../testing/recorded.ts'
import { flowcontrolStrategies } from './index.ts'

const fixed = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema', metadata: {}, spec: { matchingPrecedence: 1 } }

testRecorded(new URL('recorded.json', import.meta.url), flowcontrolStrategies, { context: { lookup: () => fixed } })
