/** Quantities, semantic versions and named formats (apiserver, cel/library/{quantity,semverlib,format}.go). */
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityValue,
  signOfQuantity,
  subtractQuantities,
} from '../../quantity.ts'
import { hasTextForm } from '../../text-forms.ts'
import { isLabelValue, isQualifiedName, nameIsDNS1035Label, nameIsDNSLabel, nameIsDNSSubdomain } from '../../validation/index.ts'
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelOpaque, type CelValue, listValue, none, some } from '../values.ts'
import { compareSemver, parseSemver, type Semver } from './semver.ts'

const opaque = (type: string, data: unknown): CelOpaque => ({ tag: 'opaque', type, data })

interface QuantityData {
  quantity: Quantity
  equals(other: unknown): boolean
}

function quantityOf(quantity: Quantity): CelOpaque {
  const data: QuantityData = { quantity, equals: (other) => compareQuantities(quantity, (other as QuantityData).quantity) === 0 }
  return opaque('kubernetes.Quantity', data)
}

function toQuantity(text: string): CelOpaque {
  try {
    return quantityOf(parseQuantity(text))
  } catch (error) {
    throw new CelError((error as Error).message)
  }
}

const inQuantity = (value: CelOpaque) => (value.data as QuantityData).quantity
const ofInt = (value: bigint): Quantity => ({ value, scale: 0, format: 'DecimalExponent' })

const isWhole = ({ value, scale }: Quantity) => scale >= 0 || value % 10n ** BigInt(-scale) === 0n
function fitsInt(quantity: Quantity): boolean {
  if (!isWhole(quantity)) return false
  const value = quantityValue(quantity)
  return value === BigInt.asIntN(64, value)
}

function integerOf(quantity: Quantity): bigint {
  if (!fitsInt(quantity)) throw new CelError('cannot convert value to integer')
  return quantityValue(quantity)
}

const quantityRows: OverloadRow[] = [
  ['string_to_quantity', 'quantity(string): Quantity', toQuantity],
  ['is_quantity_string', 'isQuantity(string): bool', (text: string) => succeeds(() => parseQuantity(text))],
  ['quantity_sign', 'sign(Quantity): int', (value: CelOpaque) => BigInt(signOfQuantity(inQuantity(value)))],
  [
    'quantity_is_greater_than',
    'Quantity::isGreaterThan(Quantity): bool',
    (a: CelOpaque, b: CelOpaque) => compareQuantities(inQuantity(a), inQuantity(b)) > 0,
  ],
  [
    'quantity_is_less_than',
    'Quantity::isLessThan(Quantity): bool',
    (a: CelOpaque, b: CelOpaque) => compareQuantities(inQuantity(a), inQuantity(b)) < 0,
  ],
  [
    'quantity_compare_to',
    'Quantity::compareTo(Quantity): int',
    (a: CelOpaque, b: CelOpaque) => BigInt(Math.sign(compareQuantities(inQuantity(a), inQuantity(b)))),
  ],
  [
    'quantity_get_float',
    'Quantity::asApproximateFloat(): double',
    (value: CelOpaque) => Number(inQuantity(value).value) * 10 ** inQuantity(value).scale,
  ],
  ['quantity_get_int', 'Quantity::asInteger(): int', (value: CelOpaque) => integerOf(inQuantity(value))],
  ['quantity_is_integer', 'Quantity::isInteger(): bool', (value: CelOpaque) => fitsInt(inQuantity(value))],
  [
    'quantity_add',
    'Quantity::add(Quantity): Quantity',
    (a: CelOpaque, b: CelOpaque) => quantityOf(addQuantities(inQuantity(a), inQuantity(b))),
  ],
  ['quantity_add_int', 'Quantity::add(int): Quantity', (a: CelOpaque, b: bigint) => quantityOf(addQuantities(inQuantity(a), ofInt(b)))],
  [
    'quantity_sub',
    'Quantity::sub(Quantity): Quantity',
    (a: CelOpaque, b: CelOpaque) => quantityOf(subtractQuantities(inQuantity(a), inQuantity(b))),
  ],
  [
    'quantity_sub_int',
    'Quantity::sub(int): Quantity',
    (a: CelOpaque, b: bigint) => quantityOf(subtractQuantities(inQuantity(a), ofInt(b))),
  ],
]

interface SemverData {
  version: Semver
  equals(other: unknown): boolean
}

function toSemver(text: string, normalize = false): CelOpaque {
  const version = parseSemver(text, normalize)
  const data: SemverData = { version, equals: (other) => compareSemver(version, (other as SemverData).version) === 0 }
  return opaque('kubernetes.Semver', data)
}

const inSemver = (value: CelOpaque) => (value.data as SemverData).version
const semverOrder = (a: CelOpaque, b: CelOpaque) => compareSemver(inSemver(a), inSemver(b))

const semverRows: OverloadRow[] = [
  ['string_to_semver', 'semver(string): Semver', (text: string) => toSemver(text)],
  ['string_bool_to_semver', 'semver(string, bool): Semver', toSemver],
  ['is_semver_string', 'isSemver(string): bool', (text: string) => succeeds(() => parseSemver(text, false))],
  [
    'is_semver_string_bool',
    'isSemver(string, bool): bool',
    (text: string, normalize: boolean) => succeeds(() => parseSemver(text, normalize)),
  ],
  ['semver_is_greater_than', 'Semver::isGreaterThan(Semver): bool', (a: CelOpaque, b: CelOpaque) => semverOrder(a, b) > 0],
  ['semver_is_less_than', 'Semver::isLessThan(Semver): bool', (a: CelOpaque, b: CelOpaque) => semverOrder(a, b) < 0],
  ['semver_compare_to', 'Semver::compareTo(Semver): int', (a: CelOpaque, b: CelOpaque) => BigInt(semverOrder(a, b))],
  ['semver_major', 'Semver::major(): int', (value: CelOpaque) => inSemver(value).major],
  ['semver_minor', 'Semver::minor(): int', (value: CelOpaque) => inSemver(value).minor],
  ['semver_patch', 'Semver::patch(): int', (value: CelOpaque) => inSemver(value).patch],
]

type Check = (text: string) => string[]

const textForm =
  (form: string, message: string): Check =>
  (text) =>
    hasTextForm(text, form) ? [] : [message]

const formats: Readonly<Record<string, Check>> = {
  dns1123Label: (text) => nameIsDNSLabel(text, false),
  dns1123Subdomain: (text) => nameIsDNSSubdomain(text, false),
  dns1035Label: (text) => nameIsDNS1035Label(text, false),
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: (text) => nameIsDNSLabel(text, true),
  dns1123SubdomainPrefix: (text) => nameIsDNSSubdomain(text, true),
  dns1035LabelPrefix: (text) => nameIsDNS1035Label(text, true),
  labelValue: isLabelValue,
  uri: (text) => (hasTextForm(text, 'uri') ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`]),
  uuid: textForm('uuid', 'does not match the UUID format'),
  byte: textForm('byte', 'invalid base64'),
  date: textForm('date', 'invalid date'),
  datetime: textForm('datetime', 'invalid datetime'),
}

const formatOf = (name: string) => opaque('kubernetes.NamedFormat', formats[name])

function validateFormat(format: CelOpaque, text: string): CelValue {
  const errors = (format.data as Check)(text)
  return errors.length === 0 ? none : some(listValue(errors))
}

const formatRows: OverloadRow[] = [
  ...Object.keys(formats).map((name): OverloadRow => [`format.${name}`, `format.${name}(): Format`, () => formatOf(name)]),
  [
    'format-named',
    'format.named(string): optional(Format)',
    (name: string) => (Object.hasOwn(formats, name) ? some(formatOf(name)) : none),
  ],
  ['format-validate', 'Format::validate(string): optional(list(string))', validateFormat],
]

function succeeds(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

export const kubernetes: OverloadRow[] = [...quantityRows, ...semverRows, ...formatRows]
