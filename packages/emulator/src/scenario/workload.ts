import { existsSync } from 'node:fs'
import { EmulatorError } from '../errors.ts'
import type { ManifestObject } from './apply.ts'
import { loadManifests } from './manifests.ts'
import { nearest } from './nearest.ts'

/** Kinds that have a Pod template, and how kubectl lets them be written. */
const KINDS: Readonly<Record<string, string[]>> = {
  Pod: ['po', 'pod', 'pods'],
  Deployment: ['deploy', 'deployment', 'deployments'],
  StatefulSet: ['sts', 'statefulset', 'statefulsets'],
  DaemonSet: ['ds', 'daemonset', 'daemonsets'],
  ReplicaSet: ['rs', 'replicaset', 'replicasets'],
  Job: ['job', 'jobs'],
  CronJob: ['cj', 'cronjob', 'cronjobs'],
}

export interface ChosenWorkload {
  workload: ManifestObject
  /** All that is to be applied: `manifests`, and what else the workload's file holds. */
  manifests: ManifestObject[]
}

/**
 * Finds what `--pod` names: the workload of a file, or `KIND/NAME` of the manifests.
 * @throws EmulatorError ERR_POD_NOT_FOUND, ERR_POD_AMBIGUOUS, and those of `loadManifests`
 */
export async function chooseWorkload(
  reference: string,
  manifests: ManifestObject[],
  namespace: string | undefined,
): Promise<ChosenWorkload> {
  const [, kindText, name] = /^([A-Za-z]+)(?:\.[a-z.0-9]+)?\/([^/]+)$/.exec(reference) ?? []
  const kind = kindText === undefined ? undefined : kindOf(kindText)
  if (reference === '-' || existsSync(reference) || kindText === undefined || kind === undefined) {
    if (kindText !== undefined && reference !== '-' && !existsSync(reference) && !/\.(ya?ml|json)$/.test(reference))
      throw unknownKind(kindText)
    const objects = await loadManifests([reference])
    return { workload: onlyWorkload(objects, reference), manifests: [...manifests, ...objects] }
  }
  const named = manifests.filter(({ object }) => object.kind === kind && object.metadata.name === name)
  const [found, ...others] = named.filter(({ object }) => namespace === undefined || (object.metadata.namespace ?? namespace) === namespace)
  if (found === undefined) throw missing(kind, name!, manifests, named)
  if (others.length > 0) {
    const spaces = [found, ...others].map(({ object }) => object.metadata.namespace ?? 'default')
    throw new EmulatorError('ERR_POD_AMBIGUOUS', `${kind} "${name}" is in several namespaces: ${spaces.join(', ')}`, {
      hint: 'Choose one with --namespace.',
    })
  }
  return { workload: found, manifests }
}

const kindOf = (text: string) => Object.keys(KINDS).find((kind) => KINDS[kind]!.includes(text.toLowerCase()))

function unknownKind(text: string): EmulatorError {
  const close = nearest(text.toLowerCase(), Object.values(KINDS).flat())
  const kinds = Object.keys(KINDS).join(', ')
  return new EmulatorError('ERR_POD_NOT_FOUND', `--pod: no such file, and no kind "${text}"`, {
    hint: close ? `Did you mean ${close}?` : `Name a file, or KIND/NAME of: ${kinds}.`,
  })
}

function onlyWorkload(objects: ManifestObject[], reference: string): ManifestObject {
  const workloads = objects.filter(({ object }) => object.kind in KINDS)
  if (workloads.length === 1) return workloads[0]!
  const file = reference === '-' ? 'standard input' : reference
  if (workloads.length === 0) {
    const hint = `It holds: ${[...new Set(objects.map(({ object }) => object.kind))].join(', ')}. Kinds with Pods are ${Object.keys(KINDS).join(', ')}.`
    throw new EmulatorError('ERR_POD_NOT_FOUND', `${file}: no Pod and nothing that has a Pod template`, { hint })
  }
  throw new EmulatorError('ERR_POD_AMBIGUOUS', `${file}: several workloads: ${workloads.map(nameOf).join(', ')}`, {
    hint: `Name one of them: --pod ${nameOf(workloads[0]!)} -f ${reference}`,
  })
}

const nameOf = ({ object }: ManifestObject) => `${object.kind.toLowerCase()}/${object.metadata.name}`

function missing(kind: string, name: string, manifests: ManifestObject[], elsewhere: ManifestObject[]): EmulatorError {
  const there = elsewhere.map(({ object }) => object.metadata.namespace)
  const all = manifests.filter(({ object }) => object.kind in KINDS).map(nameOf)
  const hint =
    there.length > 0
      ? `It is in namespace ${there.join(', ')}: say so with --namespace.`
      : all.length > 0
        ? `The manifests have ${all.join(', ')}.`
        : 'Give the manifests that have it with -f.'
  return new EmulatorError('ERR_POD_NOT_FOUND', `no ${kind} "${name}" in the manifests`, { hint })
}
