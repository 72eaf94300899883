import { testRecorded } from '../testing/recorded.ts'
import { nodeStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), nodeStrategies)
