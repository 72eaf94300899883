import { deepCopy } from '../../../apimachinery/deep-copy.ts'
import type { KubeObject } from '../../../apimachinery/object.ts'
import { type Fields, nameIsDNSSubdomain, semanticEqual } from '../../../apimachinery/validation/index.ts'
import { keepField, keepMetadata } from '../../spec-and-status.ts'
import type { Strategy } from '../../strategy.ts'
import { applyAppArmorAnnotations } from './app-armor.ts'
import { validateNewPod } from './content.ts'
import { applyPodDefaults, mirrorServiceAccountName } from './defaults.ts'
import { dropDisabledFields, dropInitContainerAnnotations } from './disabled-fields.ts'
import { addLabelKeysToSelectors } from './label-keys.ts'
import { qosClass } from './qos.ts'
import { keepAllButResources, validateResize } from './resize.ts'
import { mirrorPodIPs, preparePodStatus, validatePodStatus } from './status.ts'
import { validateEphemeralContainersUpdate, validatePodUpdate } from './update.ts'
import { podWarnings } from './warnings.ts'

function applyDefaults(pod: KubeObject): void {
  dropInitContainerAnnotations(pod.metadata)
  pod['spec'] ??= {}
  applyPodDefaults(pod)
  if (pod['spec'].terminationGracePeriodSeconds < 0) pod['spec'].terminationGracePeriodSeconds = 1
  if (pod['status']) mirrorPodIPs(pod['status'])
}

/** Of the status that a client sends, the server takes the class of service for what it is, unlike all else. */
function initialStatus({ spec, status }: KubeObject): Fields {
  const gated = spec['schedulingGates']?.length > 0
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
  return { phase: 'Pending', qosClass: status?.qosClass || qosClass(spec), ...(gated ? { conditions: [condition] } : {}) }
}

/** Pods count the changes of their spec. */
function bumpGeneration(pod: KubeObject, old: KubeObject): void {
  mirrorServiceAccountName(pod['spec'])
  if (!semanticEqual(pod['spec'], old['spec'])) pod.metadata.generation = (pod.metadata.generation ?? 0) + 1
}

export const podStrategy: Strategy = {
  applyDefaults,
  prepareForCreate(pod, { clock, warn }) {
    pod.metadata.generation = 1
    dropDisabledFields(pod['spec'])
    pod['status'] = initialStatus(pod)
    for (const condition of pod['status'].conditions ?? []) {
      condition.lastTransitionTime = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    }
    addLabelKeysToSelectors(pod)
    applyAppArmorAnnotations(pod, warn)
    mirrorServiceAccountName(pod['spec'])
  },
  prepareForUpdate(pod, old) {
    keepField(pod, old, 'status')
    dropDisabledFields(pod['spec'], old['spec'])
    bumpGeneration(pod, old)
  },
  validate: validateNewPod,
  validateUpdate: validatePodUpdate,
  warningsOnCreate: podWarnings,
  nameRule: nameIsDNSSubdomain,
  selectableFields: ({ spec = {}, status = {} }) => ({
    'spec.nodeName': spec.nodeName ?? '',
    // The oldest clients' name for it.
    'spec.host': spec.nodeName ?? '',
    'spec.restartPolicy': spec.restartPolicy ?? '',
    'spec.schedulerName': spec.schedulerName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec.hostNetwork === true),
    'status.phase': status.phase ?? '',
    'status.podIP': status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': status.nominatedNodeName ?? '',
  }),
  selectableFieldNames: [
    'spec.nodeName',
    'spec.host',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  returnsDeletedObject: true,
  gracePeriod({ spec, status = {} }, requested) {
    if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') return 0
    const period = requested ?? spec.terminationGracePeriodSeconds ?? 0
    return period < 0 ? 1 : period
  },
  status: { prepareForUpdate: preparePodStatus, validateUpdate: validatePodStatus },
  subresources: {
    ephemeralcontainers: {
      prepareForUpdate(pod, old) {
        const { ephemeralContainers } = pod['spec']
        pod['spec'] = deepCopy(old['spec'])
        if (ephemeralContainers === undefined) delete pod['spec'].ephemeralContainers
        else pod['spec'].ephemeralContainers = ephemeralContainers
        keepField(pod, old, 'status')
        keepMetadata(pod, old)
        bumpGeneration(pod, old)
      },
      validateUpdate: validateEphemeralContainersUpdate,
    },
    resize: {
      prepareForUpdate(pod, old) {
        if (keepAllButResources(pod, old)) {
          keepField(pod, old, 'status')
          keepMetadata(pod, old)
        }
        bumpGeneration(pod, old)
      },
      validateUpdate: validateResize,
    },
  },
}
