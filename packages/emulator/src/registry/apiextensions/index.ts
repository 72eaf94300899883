import { customResourceDefinition } from './strategy.ts'

export const apiextensionsStrategies = { customresourcedefinitions: customResourceDefinition }
