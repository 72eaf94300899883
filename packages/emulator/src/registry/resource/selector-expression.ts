/** The expressions that select devices (dynamic-resource-allocation, cel/compile.go). */
import {
  anyType,
  boolType,
  CelCompileError,
  type CelType,
  compile,
  formatType,
  libraryTypes,
  mapOf,
  stringType,
} from '../../apimachinery/cel/index.ts'

const fields = new Map<string, CelType>([
  ['driver', stringType],
  ['attributes', mapOf(stringType, mapOf(stringType, anyType))],
  ['capacity', mapOf(stringType, mapOf(stringType, libraryTypes['Quantity']!))],
  ['allowMultipleAllocations', boolType],
])
const variables = new Map<string, CelType>([['device', { kind: 'object', name: 'kubernetes.DRADevice', fields: () => fields }]])

/** Why an expression selects no devices; undefined if nothing is wrong with it. */
export function selectorError(expression: string): string | undefined {
  try {
    const { type } = compile(expression, variables)
    if (type.kind === 'bool' || (type.kind === 'dyn' && type.any)) return undefined
    return `must evaluate to bool or the unknown type, not ${formatType(type)}`
  } catch (error) {
    if (error instanceof CelCompileError) return `compilation failed: ${error.message}`
    throw error
  }
}
