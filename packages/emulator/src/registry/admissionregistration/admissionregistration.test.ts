import { testRecorded } from '../testing/recorded.ts'
import { admissionregistrationStrategies } from './index.ts'

// What is wrong with an expression takes a compiler of CEL to say.
testRecorded(new URL('recorded.json', import.meta.url), admissionregistrationStrategies, {
  elsewhere: ['broken expressions', 'broken validation'],
})
