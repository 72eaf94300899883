/** Fields of features that are off: dropped, unless the stored object has them already. */
import type { ObjectMeta } from '../../../apimachinery/object.ts'
import type { Fields } from '../../../apimachinery/validation/index.ts'
import { allContainers } from './containers.ts'

const oldInitAnnotations = ['beta', 'alpha'].flatMap((stage) =>
  ['init-containers', 'init-container-statuses'].map((name) => `pod.${stage}.kubernetes.io/${name}`),
)

export function dropDisabledFields(spec: Fields, old?: Fields): void {
  if (old?.['schedulingGroup'] === undefined) delete spec['schedulingGroup']
  for (const type of ['clusterTrustBundle', 'podCertificate']) {
    if (projections(old).some((source) => source[type])) continue
    for (const source of projections(spec)) delete source[type]
  }
  const stopSignals = (of: Fields | undefined) =>
    (of ? allContainers(of) : []).filter(({ container }) => container['lifecycle']?.stopSignal)
  if (stopSignals(old).length > 0) return
  for (const { container } of stopSignals(spec)) {
    delete container['lifecycle'].stopSignal
    if (Object.keys(container['lifecycle']).length === 0) delete container['lifecycle']
  }
}

const projections = (spec: Fields | undefined): Fields[] =>
  (spec?.['volumes'] ?? []).flatMap((volume: Fields) => volume['projected']?.sources ?? [])

/** Annotations that init containers once stood in are not kept. */
export function dropInitContainerAnnotations({ annotations }: ObjectMeta): void {
  for (const key of oldInitAnnotations) delete annotations?.[key]
}
