import { testRecorded } from '../testing/recorded.ts'
import { autoscalingStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), autoscalingStrategies)
