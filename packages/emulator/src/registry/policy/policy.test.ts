import { testRecorded } from '../testing/recorded.ts'
import { policyStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), policyStrategies)
