import { testRecorded } from '../testing/recorded.ts'
import { appsStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), appsStrategies)
