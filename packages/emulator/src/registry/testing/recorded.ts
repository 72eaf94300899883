/** Runs strategies on requests that a real API server was recorded to answer (scripts/oracle/strategies). */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { deepCopy } from '../../apimachinery/deep-copy.ts'
import { deepFreeze } from '../../apimachinery/deep-freeze.ts'
import { type FieldError, fieldPath, invalid } from '../../apimachinery/field-error.ts'
import { parseGroupVersion } from '../../apimachinery/group-version.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { createScheme } from '../../apimachinery/scheme/scheme.ts'
import { newInvalid, type StatusCause, StatusError } from '../../apimachinery/status-error.ts'
import {
  type Fields,
  nameIsDNSSubdomain,
  pathSegmentName,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../apimachinery/validation/index.ts'
import { loadFacts } from '../../facts/load.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'

interface RecordedAnswer {
  code?: number
  warnings?: string[]
  causes?: StatusCause[]
  message?: string
  object?: KubeObject
}

interface RecordedCase {
  name: string
  answer: RecordedAnswer
  /** A create. */
  object?: KubeObject
  /** An update: what was stored, and how the request differs from it (RFC 7386). */
  old?: KubeObject
  update?: Fields
  subresource?: string
}

interface RecordedKind {
  group: string
  version: string
  resource: string
  cases: RecordedCase[]
}

interface Outcome {
  errors: FieldError[]
  warnings: string[]
  object: KubeObject
}

export interface ReplayOptions {
  /** Finalizers that admission adds to new objects. */
  admissionFinalizers?: readonly string[]
  /** The strategy of a kind that is not among those given. */
  strategyFor?(kind: { group: string; resource: string }): Strategy | undefined
  /** Cases that the strategies do not decide, by name. */
  elsewhere?: readonly string[]
  context?: Partial<StrategyContext>
  /** The cases are about metadata too, which the registry checks for all kinds. */
  metadata?: boolean
}

/** One test for each recorded case of a group. */
export function testRecorded(file: URL, strategies: Record<string, Strategy>, options: ReplayOptions = {}): void {
  const kinds: RecordedKind[] = JSON.parse(readFileSync(file, 'utf8'))
  for (const { group, version, resource, cases } of kinds) {
    const strategy = options.strategyFor?.({ group, resource }) ?? strategies[resource] ?? {}
    for (const recorded of cases) {
      if (options.elsewhere?.includes(recorded.name)) continue
      it(`${resource} ${version}: ${recorded.name}`, () => checkCase(strategy, recorded, options))
    }
  }
}

function checkCase(strategy: Strategy, recorded: RecordedCase, options: ReplayOptions): void {
  const { answer } = recorded
  const outcome = recorded.old ? replayUpdate(strategy, recorded, options) : replayCreate(strategy, recorded, options)
  const causes = newInvalid({ group: '', kind: '' }, '', outcome.errors).status.details?.causes ?? []
  expect(causes).toEqual(answer.causes ?? [])
  const warnings = (answer.warnings ?? []).filter((text) => !elsewhereWarnings.test(text))
  expect(outcome.warnings).toEqual(warnings)
  if (answer.object) expect(withoutFinalizers(prune(outcome.object), options)).toEqual(withoutFinalizers(prune(answer.object), options))
}

const contextOf = ({ answer }: RecordedCase, { context }: ReplayOptions): StrategyContext => ({
  clock: { now: () => timeIn(answer) },
  user: { name: 'admin', uid: 'adminuid', groups: ['system:masters', 'system:authenticated'], extra: {} },
  namespace: 'kinds-rest',
  dryRun: true,
  warn: () => {},
  lookup: () => undefined,
  lookupAll: () => [],
  ...context,
})

/** What the registry says of metadata before it asks the strategy; of the name only, unless more is wanted. */
function newMetadataErrors({ nameRule = nameIsDNSSubdomain }: Strategy, object: KubeObject, options: ReplayOptions): FieldError[] {
  const { metadata } = object
  const rule = (name: string, prefix: boolean) => nameRule(name, prefix, object)
  if (options.metadata) return validateObjectMeta(metadata, metadata.namespace !== undefined, rule)
  return rule(metadata.name ?? '', false).map((text) => invalid(fieldPath('metadata').child('name'), metadata.name, text))
}

function changedMetadataErrors(strategy: Strategy, object: KubeObject, old: KubeObject, options: ReplayOptions): FieldError[] {
  if (!options.metadata) return []
  const { metadata } = object
  const changes = validateObjectMetaUpdate(metadata, old.metadata)
  const repeated = (strategy.metadataChecksOnUpdate ?? ['update']).includes('update') ? changes : []
  return [...validateObjectMeta(metadata, old.metadata.namespace !== undefined, pathSegmentName), ...changes, ...repeated]
}

/** Warnings that other parts of the server give. */
const elsewhereWarnings = /^(unknown field|v1 Endpoints is deprecated)/

/** What a strategy throws instead of returning it shows as errors too. */
function errorsOf(run: () => FieldError[]): FieldError[] {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return (error.status.details?.causes ?? []).map(({ reason, field, message }) => ({ reason, field, message }) as FieldError)
  }
}

function replayCreate(strategy: Strategy, recorded: RecordedCase, options: ReplayOptions): Outcome {
  const { object: request, answer } = recorded
  const context = contextOf(recorded, options)
  const object = canonicalOf(deepCopy(request!))
  object.metadata.namespace = answer.object ? answer.object.metadata.namespace : 'kinds-rest'
  strategy.applyDefaults?.(object)
  object.metadata.uid = answer.object?.metadata.uid ?? uidIn(answer)
  const errors = errorsOf(() => {
    strategy.prepareForCreate?.(object, context)
    return [...newMetadataErrors(strategy, object, options), ...(strategy.validate?.(object, context) ?? [])]
  })
  if (errors.length > 0) return { errors, warnings: [], object }
  const warnings = strategy.warningsOnCreate?.(object) ?? []
  strategy.canonicalize?.(object)
  return { errors, warnings, object }
}

function replayUpdate(strategy: Strategy, recorded: RecordedCase, options: ReplayOptions): Outcome {
  const { old: stored, update, subresource } = recorded
  const context = contextOf(recorded, options)
  const old = deepFreeze(deepCopy(stored!))
  const object = canonicalOf(mergePatch(old, update) as KubeObject)
  strategy.applyDefaults?.(object)
  if (old.metadata.generation !== undefined) object.metadata.generation = old.metadata.generation
  object.metadata.resourceVersion ||= old.metadata.resourceVersion
  const writer = subresource === undefined ? strategy : subresource === 'status' ? strategy.status : strategy.subresources?.[subresource]
  if (writer === undefined) return { errors: [], warnings: [], object: { ...deepCopy(old), status: object['status'] } }
  const errors = errorsOf(() => {
    writer.prepareForUpdate?.(object, old, context)
    return [...changedMetadataErrors(strategy, object, old, options), ...(writer.validateUpdate?.(object, old, context) ?? [])]
  })
  const warnings = errors.length === 0 && subresource === undefined ? (strategy.warningsOnUpdate?.(object, old) ?? []) : []
  return { errors, warnings, object }
}

/** The time that the server wrote into a condition. */
const timeIn = ({ object }: RecordedAnswer) => Date.parse(object?.['status']?.conditions?.[0]?.lastTransitionTime ?? '') || 0

const scheme = createScheme(loadFacts())
const kindOf = ({ apiVersion, kind }: KubeObject) => ({ ...parseGroupVersion(apiVersion)!, kind })
const canonicalOf = (object: KubeObject): KubeObject => scheme.decode(kindOf(object), object).object

/** Where a message holds the object's uid, the replay must use the same. */
const uidIn = (answer: RecordedAnswer) =>
  /controller-uid":"([0-9a-f]{8}-[0-9a-f-]{27})"/.exec(JSON.stringify(answer).replaceAll('\\', ''))?.[1] ??
  '00000000-0000-4000-8000-000000000000'

function mergePatch(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return deepCopy(patch)
  const merged: Fields = target !== null && typeof target === 'object' && !Array.isArray(target) ? deepCopy(target as Fields) : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

/** Leaves out what the registry sees to, and times that the strategy takes from its clock. */
function prune(object: KubeObject): KubeObject {
  const normal = scheme.normalize(kindOf(object), deepCopy(object))
  const { managedFields, resourceVersion, creationTimestamp, uid, ...metadata } = normal.metadata
  if (normal['status']?.lastPhaseTransitionTime) delete normal['status'].lastPhaseTransitionTime
  return { ...normal, metadata }
}

function withoutFinalizers(object: KubeObject, { admissionFinalizers = [] }: ReplayOptions): KubeObject {
  const { finalizers, ...metadata } = object.metadata
  const kept = (finalizers ?? []).filter((name) => !admissionFinalizers.includes(name))
  return { ...object, metadata: kept.length === 0 ? metadata : { ...metadata, finalizers: kept } }
}
