import { testRecorded } from '../testing/recorded.ts'
import { coreEvent, eventsStrategies } from './index.ts'

testRecorded(new URL('recorded.json', import.meta.url), eventsStrategies, {
  strategyFor: ({ group }) => (group === '' ? coreEvent : undefined),
})
