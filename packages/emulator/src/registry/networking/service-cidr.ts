/** ServiceCIDRs (apis/networking, registry/networking/servicecidr). */
import { type FieldError, fieldPath, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { immutableError, parseCIDR, validateCIDR } from '../../apimachinery/validation/index.ts'
import { showInternal } from '../internal-values.ts'
import { specAndStatus, statusWithoutMetadata } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const path = fieldPath('spec').child('cidrs')
const blocksOf = ({ spec }: KubeObject): string[] => spec?.cidrs ?? []

function validate(object: KubeObject): FieldError[] {
  const cidrs = blocksOf(object)
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(path, showInternal('networking.ServiceCIDRSpec', object['spec']), 'may only hold up to 2 values')]
  const errors = cidrs.flatMap((cidr, i) => validateCIDR(cidr, path.index(i)))
  const [first, second] = cidrs.map((cidr) => parseCIDR(cidr)?.address.family)
  if (cidrs.length < 2 || first !== second || first === undefined) return errors
  const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
  return [...errors, invalid(path, cidrs, text)]
}

/** A second block may be added, nothing else. */
function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const [cidrs, before] = [blocksOf(object), blocksOf(old)]
  const growing = before.length === 1 && cidrs.length === 2
  if (!growing && cidrs.length !== before.length) return [invalid(path, cidrs, immutableError)]
  const changed = before.flatMap((cidr, i) => (cidrs[i] === cidr ? [] : [invalid(path.index(i), cidrs[i], immutableError)]))
  return growing ? [...changed, ...validate(object)] : changed
}

export const serviceCIDR: Strategy = {
  ...specAndStatus({ emptyStatus: {}, withoutGeneration: true }),
  validate,
  validateUpdate,
  status: statusWithoutMetadata,
}
