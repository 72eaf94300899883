import { testRecorded } from '../testing/recorded.ts'
import { batchStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), batchStrategies)
