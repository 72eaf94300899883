import { testRecorded } from '../testing/recorded.ts'
import { apiregistrationStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), apiregistrationStrategies)
