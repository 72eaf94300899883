import { testRecorded } from '../testing/recorded.ts'
import { coordinationStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), coordinationStrategies)
