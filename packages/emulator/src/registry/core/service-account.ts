import type { KubeObject } from '../../apimachinery/object.ts'
import type { Fields } from '../../apimachinery/validation/index.ts'
import type { Strategy } from '../strategy.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { validateMetadataAgain } from './metadata.ts'

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets'

/** Of a reference to a Secret only the name is kept. */
function cleanSecrets(account: KubeObject): void {
  if (account['secrets']) account['secrets'] = account['secrets'].map(({ name }: Fields) => (name ? { name } : {}))
}

const hasAnnotation = ({ metadata }: KubeObject) => metadata.annotations?.[mountableSecrets] !== undefined
const advice = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets'
const warnings = [`metadata.annotations[${mountableSecrets}]: ${advice}`]

export const serviceAccountStrategy: Strategy = {
  prepareForCreate: cleanSecrets,
  prepareForUpdate: cleanSecrets,
  validate: ({ metadata }) => validateKubeFinalizers(metadata),
  validateUpdate: (account) => [...validateKubeFinalizers(account.metadata), ...validateMetadataAgain(account)],
  warningsOnCreate: (account) => (hasAnnotation(account) ? warnings : []),
  warningsOnUpdate: (account, old) => (hasAnnotation(account) && !hasAnnotation(old) ? warnings : []),
  returnsDeletedObject: true,
}
