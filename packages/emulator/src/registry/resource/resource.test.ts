import { testRecorded } from '../testing/recorded.ts'
import { resourceStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), resourceStrategies)
