/** NetworkPolicies (apis/networking, registry/networking/networkpolicy). */
import { type FieldError, type FieldPath, fieldPath, forbidden, invalid, required } from '../../apimachinery/field-error.ts'
import type { KubeObject } from '../../apimachinery/object.ts'
import { forgetEmptied, holdsEmptied } from '../../apimachinery/scheme/emptied.ts'
import {
  type CIDR,
  check,
  checkNumber,
  cidrWarnings,
  type Fields,
  isValidPortName,
  isValidPortNum,
  type LabelSelectorOptions,
  maskIP,
  parseCIDR,
  validateLabelSelector,
  validateLegacyCIDR,
  validateOneOf,
} from '../../apimachinery/validation/index.ts'
import { isUsableSelector } from '../field-checks.ts'
import { specAndStatus } from '../spec-and-status.ts'
import type { Strategy } from '../strategy.ts'

const specPath = fieldPath('spec')
const directions = [
  { rules: 'ingress', peers: 'from' },
  { rules: 'egress', peers: 'to' },
] as const

interface Options {
  selectors: LabelSelectorOptions
  /** Blocks that the stored policy has. */
  knownBlocks: readonly string[]
}

function applyDefaults(object: KubeObject): void {
  object['spec'] ??= {}
  const { spec } = object
  for (const { rules } of directions) {
    for (const rule of spec[rules] ?? []) for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
  }
  if (spec.policyTypes?.length) return
  forgetEmptied(spec, 'policyTypes')
  spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
}

function validateSpec(spec: Fields, options: Options): FieldError[] {
  return [
    ...validateLabelSelector(spec['podSelector'], specPath.child('podSelector'), options.selectors),
    ...directions.flatMap(({ rules, peers }) =>
      (spec[rules] ?? []).flatMap((rule: Fields, i: number) => {
        const path = specPath.child(rules).index(i)
        return [
          ...(rule['ports'] ?? []).flatMap((port: Fields, j: number) => validatePort(port, path.child('ports').index(j))),
          ...(rule[peers] ?? []).flatMap((peer: Fields, j: number) => validatePeer(peer, path.child(peers).index(j), options)),
        ]
      }),
    ),
    ...validatePolicyTypes(spec['policyTypes'] ?? []),
  ]
}

function validatePolicyTypes(types: string[]): FieldError[] {
  const path = specPath.child('policyTypes')
  if (types.length > 2) return [invalid(path, types, 'may not specify more than two policyTypes')]
  return types.flatMap((type, i) => validateOneOf(type, ['Ingress', 'Egress'], path.index(i)))
}

function validatePort({ protocol, port, endPort }: Fields, path: FieldPath): FieldError[] {
  const [portPath, endPath] = [path.child('port'), path.child('endPort')]
  const errors = validateOneOf(protocol, ['TCP', 'UDP', 'SCTP'], path.child('protocol'))
  if (typeof port === 'number') {
    errors.push(...checkNumber(isValidPortNum, port, portPath))
    if (endPort === undefined) return errors
    if (endPort < port) errors.push(invalid(endPath, port, 'must be greater than or equal to `port`'))
    return [...errors, ...checkNumber(isValidPortNum, endPort, endPath)]
  }
  if (endPort !== undefined) {
    const why = port === undefined ? 'not specified' : 'non-numeric'
    errors.push(invalid(endPath, endPort, `may not be specified when \`port\` is ${why}`))
  }
  return port === undefined ? errors : [...errors, ...check(isValidPortName, port, portPath)]
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: Fields, path: FieldPath, options: Options): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, path.child('podSelector'), options.selectors),
    ...validateLabelSelector(namespaceSelector, path.child('namespaceSelector'), options.selectors),
    ...(ipBlock ? validateIPBlock(ipBlock, path.child('ipBlock'), options.knownBlocks) : []),
  ]
  if (!podSelector && !namespaceSelector && !ipBlock) return [...errors, required(path, 'must specify a peer')]
  if (ipBlock && (podSelector || namespaceSelector)) errors.push(forbidden(path, 'may not specify both ipBlock and another peer'))
  return errors
}

function validateIPBlock({ cidr = '', except }: Fields, path: FieldPath, known: readonly string[]): FieldError[] {
  if (cidr === '') return [required(path.child('cidr'))]
  const errors = validateLegacyCIDR(cidr, path.child('cidr'), known)
  const block = parseCIDR(cidr)
  if (block === undefined) return errors
  for (const [i, excepted] of ((except ?? []) as string[]).entries()) {
    const at = path.child('except').index(i)
    errors.push(...validateLegacyCIDR(excepted, at, known))
    const part = parseCIDR(excepted)
    if (part !== undefined && !isStrictSubset(part, block)) errors.push(invalid(at, excepted, 'must be a strict subset of `cidr`'))
  }
  return errors
}

function isStrictSubset(part: CIDR, whole: CIDR): boolean {
  if (part.address.family !== whole.address.family || part.prefixLength <= whole.prefixLength) return false
  const [a, b] = [maskIP({ ...part, prefixLength: whole.prefixLength }), maskIP(whole)]
  return a.bytes.every((byte, i) => byte === b.bytes[i])
}

/** Each block of a policy, with its path. */
function* blocks(spec: Fields | undefined): Generator<{ ipBlock: Fields; path: FieldPath }> {
  for (const { rules, peers } of directions) {
    for (const [i, rule] of ((spec?.[rules] ?? []) as Fields[]).entries()) {
      for (const [j, { ipBlock }] of ((rule[peers] ?? []) as Fields[]).entries()) {
        if (ipBlock) yield { ipBlock, path: specPath.child(rules).index(i).child(peers).index(j).child('ipBlock') }
      }
    }
  }
}

const warnings = ({ spec }: KubeObject): string[] =>
  [...blocks(spec)].flatMap(({ ipBlock, path }) => [
    ...cidrWarnings(ipBlock['cidr'] ?? '', path.child('cidr')),
    ...(ipBlock['except'] ?? []).flatMap((excepted: string, i: number) => cidrWarnings(excepted, path.child('except').index(i))),
  ])

const common = specAndStatus({})

export const networkPolicy: Strategy = {
  applyDefaults,
  ...common,
  prepareForUpdate(object, old, context) {
    common.prepareForUpdate?.(object, old, context)
    // The server compares lists that are there but empty with such that are not (reflect.DeepEqual).
    if (holdsEmptied(object['spec'])) object.metadata.generation = (old.metadata.generation ?? 0) + 1
  },
  validate: ({ spec = {} }) => validateSpec(spec, { selectors: {}, knownBlocks: [] }),
  validateUpdate: ({ spec = {} }, { spec: old = {} }) =>
    validateSpec(spec, {
      selectors: { allowInvalidValues: !isUsableSelector(old.podSelector, specPath) },
      knownBlocks: [...blocks(old)].flatMap(({ ipBlock }) => [ipBlock['cidr'], ...(ipBlock['except'] ?? [])]),
    }),
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
}
