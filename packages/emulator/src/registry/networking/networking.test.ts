import { testRecorded } from '../testing/recorded.ts'
import { networkingStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), networkingStrategies)
