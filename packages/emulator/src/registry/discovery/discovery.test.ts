import { testRecorded } from '../testing/recorded.ts'
import { discoveryStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), discoveryStrategies)
