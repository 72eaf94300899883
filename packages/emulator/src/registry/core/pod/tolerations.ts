import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../../apimachinery/field-error.ts'
import { type Fields, isLabelValue, semanticEqual, validateLabelName } from '../../../apimachinery/validation/index.ts'
import type { PodValidationOptions } from './options.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateTaintEffect(effect: string | undefined, path: FieldPath): FieldError[] {
  if (!effect) return [required(path)]
  return effects.includes(effect) ? [] : [notSupported(path, effect, effects)]
}

export function validateTolerations(tolerations: readonly Fields[], path: FieldPath, options: PodValidationOptions = {}): FieldError[] {
  return tolerations.flatMap((toleration, i) => validateToleration(toleration, path.index(i), options))
}

function validateToleration(
  { key = '', operator = '', value = '', effect = '', tolerationSeconds }: Fields,
  path: FieldPath,
  options: PodValidationOptions,
) {
  const errors = key === '' ? [] : validateLabelName(key, path.child('key'))
  if (key === '' && operator !== 'Exists') {
    const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
    errors.push(invalid(path.child('operator'), operator, text))
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(invalid(path.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
  }
  errors.push(...validateOperator(operator, value, path, options))
  if (effect !== '') errors.push(...validateTaintEffect(effect, path.child('effect')))
  return errors
}

function validateOperator(operator: string, value: string, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const at = path.child('operator')
  if (operator === 'Equal' || operator === '') {
    const texts = isLabelValue(value)
    return texts.length === 0 ? [] : [invalid(at, value, texts.join(';'))]
  }
  if (operator === 'Exists') return value === '' ? [] : [invalid(at, value, "value must be empty when `operator` is 'Exists'")]
  if (operator !== 'Lt' && operator !== 'Gt') return [notSupported(at, operator, ['Equal', 'Exists'])]
  if (!options.allowComparingTolerations) return [notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt'])]
  return /^(0|-?[1-9]\d*)$/.test(value) ? [] : [invalid(path.child('value'), value, 'must be a valid decimal integer in canonical form')]
}

/** An update of a Pod may add tolerations, and change the seconds of those that it has. */
export function validateOnlyAddedTolerations(
  tolerations: readonly Fields[],
  old: readonly Fields[],
  path: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  const withoutSeconds = ({ tolerationSeconds: _, ...rest }: Fields) => rest
  const kept = old.every((before) => tolerations.some((after) => semanticEqual(withoutSeconds(before), withoutSeconds(after))))
  if (!kept) return [forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')]
  return validateTolerations(tolerations, path, options)
}
