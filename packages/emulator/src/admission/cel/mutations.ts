/** What a MutatingAdmissionPolicy makes of an object (apiserver, admission/plugin/policy/mutating). */
import { CelError, type CelValue, isTagged } from '../../apimachinery/cel/index.ts'
import { mergeApplied } from '../../apimachinery/managed-fields/merge.ts'
import { SchemaMismatch } from '../../apimachinery/managed-fields/path-element.ts'
import { validateTyped } from '../../apimachinery/managed-fields/validate.ts'
import { memoize } from '../../apimachinery/memoize.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { isObject } from '../../apimachinery/patch/json-object.ts'
import type { SchemaNode } from '../../apimachinery/patch/schema.ts'
import { quote } from '../../apimachinery/quote.ts'
import { patchStructs } from '../../registry/admissionregistration/cel/environment.ts'
import {
  type CompiledExpression,
  compileExpression,
  ExpressionError,
  evaluateExpression,
  policyBudget,
} from '../../registry/admissionregistration/cel/expression.ts'
import { applyOperations, PatchFailure, testFailed } from '../webhooks/patch.ts'
import { type CompiledPolicy, compilePolicy, policyWants, surroundingsOf } from './policy.ts'
import type { RequestValues } from './request.ts'
import { toJson } from './values.ts'

interface CompiledMutation {
  kind: 'ApplyConfiguration' | 'JSONPatch'
  expression: CompiledExpression
}

interface MutatingPolicy extends CompiledPolicy {
  mutations: CompiledMutation[]
}

const compiledOf = memoize(compileMutations)

function compileMutations(object: KubeObject): MutatingPolicy {
  const policy = compilePolicy(object)
  type Given = { patchType: CompiledMutation['kind']; jsonPatch?: { expression: string }; applyConfiguration?: { expression: string } }
  return {
    ...policy,
    mutations: ((object.spec.mutations ?? []) as Given[]).map(({ patchType: kind, jsonPatch, applyConfiguration }) => {
      const [source = '', type] =
        kind === 'JSONPatch' ? [jsonPatch?.expression, 'list(JSONPatch)'] : [applyConfiguration?.expression, 'Object']
      return { kind, expression: compileExpression(source, policy.environment, [type!], patchStructs) }
    }),
  }
}

/** @throws ExpressionError */
export const mutationIsWanted = (policy: KubeObject, request: RequestValues): boolean => policyWants(compiledOf(policy), request)

export const mutationCount = (policy: KubeObject): number => compiledOf(policy).mutations.length

/** A mutation cannot be made. */
class MutationFailure extends Error {}

/**
 * What one of a policy's mutations makes of the object.
 * @throws MutationFailure, ExpressionError, OutOfBudget
 */
export function mutate(policy: KubeObject, index: number, request: RequestValues, object: KubeObject, schema: SchemaNode): unknown {
  const compiled = compiledOf(policy)
  const { kind, expression } = compiled.mutations[index]!
  if (expression.program === undefined) throw new ExpressionError(expression.error)
  const budget = { rest: policyBudget }
  const value = evaluateExpression(expression, surroundingsOf(compiled, request, budget), budget)
  try {
    return kind === 'JSONPatch' ? patched(object, value) : configured(object, value, schema)
  } catch (error) {
    if (error instanceof CelError) throw new MutationFailure(error.message)
    throw error
  }
}

function patched(object: KubeObject, value: CelValue): unknown {
  if (!isTagged(value, 'list')) throw new MutationFailure('type mismatch: JSONPatchType.expression should evaluate to array')
  const operations = value.items.map((item) => {
    if (!isTagged(item, 'object') || item.type !== 'JSONPatch') {
      throw new MutationFailure('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch')
    }
    const inner = item.fields.get('value')
    if (inner !== undefined) checkNames(inner)
    return toJson(item) as Record<string, unknown>
  })
  try {
    return applyOperations(object, operations)
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error
    if (error.message.endsWith(testFailed)) return object
    throw new MutationFailure(`JSON Patch: ${error.message}`)
  }
}

function configured(object: KubeObject, value: CelValue, schema: SchemaNode): unknown {
  if (!isTagged(value, 'object')) throw new MutationFailure('unsupported return type from ApplyConfiguration expression')
  checkNames(value)
  const { apiVersion, kind } = object
  const patch = { ...(toJson(value) as Record<string, unknown>), apiVersion, kind }
  const fail = (what: string, why: string) => new MutationFailure(`error applying patch: ${what}: ${why}`)
  try {
    validateTyped(patch, schema, false)
  } catch (error) {
    if (error instanceof SchemaMismatch) throw fail('failed to convert patch object to typed object', error.message)
    throw error
  }
  const atomics = atomicPaths(patch, schema, '')
  if (atomics.length > 0) throw fail('invalid ApplyConfiguration', `may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`)
  try {
    return mergeApplied(object, patch, schema)
  } catch (error) {
    if (error instanceof SchemaMismatch) throw fail('failed to merge patch', error.message)
    throw error
  }
}

/** Parts of an object are made under the name of their place in it. */
function checkNames(value: CelValue): void {
  const wrong = wrongNames(value, isTagged(value, 'object') ? (value.type?.split('.')[0] ?? 'Object') : 'Object')
  if (wrong.length > 0) throw new MutationFailure(`type mismatch: ${wrong.join('\n')}`)
}

function wrongNames(value: CelValue, path: string): string[] {
  if (isTagged(value, 'list')) return value.items.flatMap((item) => wrongNames(item, path))
  if (isTagged(value, 'map')) return [...value.entries.values()].flatMap((entry) => wrongNames(entry.value, path))
  if (!isTagged(value, 'object') || value.type === undefined) return []
  const own =
    value.type === path
      ? []
      : [`unexpected type name ${quote(value.type)}, expected ${quote(path)}, which matches field name path from root Object type`]
  return [...own, ...[...value.fields].flatMap(([name, field]) => wrongNames(field, `${path}.${name}`))]
}

/** What a patch would have to replace as a whole. */
function atomicPaths(value: unknown, { map, list }: SchemaNode, path: string): string[] {
  if (Array.isArray(value) && list !== undefined) {
    const own = list.associative ? [] : [path]
    return [...own, ...value.flatMap((item, i) => atomicPaths(item, list.element(), `${path}[${i}]`))]
  }
  if (!isObject(value) || map === undefined) return []
  const own = map.atomic ? [path] : []
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, member]) => {
      const field = map.fields.get(name)
      return field === undefined ? [] : atomicPaths(member, field.node(), `${path}.${name}`)
    }),
  ]
}
