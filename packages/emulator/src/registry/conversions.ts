import type { GroupVersionKind } from '../apimachinery/group-version.ts'
import type { KubeObject } from '../apimachinery/object.ts'
import { autoscalerToV1, autoscalerToV2 } from './autoscaling/convert.ts'
import { eventFromCore, eventToCore } from './events/convert.ts'

/** Between a served version and the one that is stored. Functions own what they are given. */
export interface Conversion {
  toStorage(object: KubeObject): KubeObject
  fromStorage(object: KubeObject): KubeObject
}

const conversions: Record<string, Conversion> = {
  'autoscaling/v1/HorizontalPodAutoscaler': { toStorage: autoscalerToV2, fromStorage: autoscalerToV1 },
  'events.k8s.io/v1/Event': { toStorage: eventToCore, fromStorage: eventFromCore },
}

/** Undefined where a version is stored as it is served. */
export const strategyConversions = ({ group, version, kind }: GroupVersionKind): Conversion | undefined =>
  conversions[`${group}/${version}/${kind}`]
