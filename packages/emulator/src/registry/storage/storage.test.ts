import { testRecorded } from '../testing/recorded.ts'
import { storageStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), storageStrategies, { admissionFinalizers: ['kubernetes.io/vac-protection'] })
