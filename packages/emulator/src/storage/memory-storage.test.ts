import { createMemoryStorage } from './memory-storage.ts'
import { describeStorage } from './testing/suite.ts'

describeStorage('memory storage', { create: createMemoryStorage })
