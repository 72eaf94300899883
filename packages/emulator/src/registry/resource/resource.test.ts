import { beforeAll } from 'vitest'
import { testRecorded } from '../testing/recorded.ts'
import { loadSelectorCheck } from './device-selectors.ts'
import { resourceStrategies } from './index.ts'

beforeAll(loadSelectorCheck)

testRecorded(new URL('recorded.json', import.meta.url), resourceStrategies)
