import { testRecorded } from '../testing/recorded.ts'
import { schedulingStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), schedulingStrategies)
