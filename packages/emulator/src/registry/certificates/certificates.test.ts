import { testRecorded } from '../testing/recorded.ts'
import { certificatesStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), certificatesStrategies)
