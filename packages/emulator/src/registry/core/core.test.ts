import { testRecorded } from '../testing/recorded.ts'
import { coreStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), coreStrategies, { metadata: true })
