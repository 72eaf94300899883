import type { PolicyRule } from '../authorization/rbac/policy-rule.ts'
import type { RuleCoverage } from '../recording/access/coverage.ts'

/** Rules that the Pod's account has, and that no request needed. */
export const unusedRules = (coverage: readonly RuleCoverage[]) => coverage.filter(({ bound, used }) => bound && !used)

/** A table of the rules that the Pod's account has, as lines. */
export function formatRuleCoverage(coverage: readonly RuleCoverage[]): string {
  const judged = coverage.filter(({ bound }) => bound)
  const others = coverage.length - judged.length
  const ofOthers = others === 0 ? '' : `; ${others} more ${others === 1 ? 'is' : 'are'} bound to others, or to nobody`
  if (judged.length === 0) return `inpod: rule coverage: the manifests give the Pod's account no rules${ofOthers}\n`
  const head = `inpod: rule coverage: ${judged.length - unusedRules(judged).length} of ${judged.length} rules were needed${ofOthers}\n`
  const rows = judged.map((each) => [stateOf(each), titleOf(each), placeOf(each), describeRule(each.rule), restOf(each)])
  return head + formatTable([['NEEDED', 'RULE', 'WHERE', 'ALLOWS', 'NOT NEEDED'], ...rows])
}

function formatTable(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
  return lines.map((line) => `  ${line.trimEnd()}\n`).join('')
}

const stateOf = ({ used, unusedParts }: RuleCoverage) => (!used ? 'no' : Object.keys(unusedParts).length === 0 ? 'yes' : 'partly')
const titleOf = ({ kind, namespace, name, index }: RuleCoverage) =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}, rule ${index + 1}`
const placeOf = ({ file, line }: RuleCoverage) => (file === undefined ? '-' : `${file}:${line}`)
const restOf = ({ unusedParts }: RuleCoverage) =>
  Object.entries(unusedParts)
    .map(([part, words]) => `${part} ${words.join(',')}`)
    .join('; ')

function describeRule({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): string {
  const groups = apiGroups.filter((group) => group !== '')
  const of = groups.length === 0 ? '' : ` of ${groups.join(',')}`
  const named = resourceNames.length === 0 ? '' : ` named ${resourceNames.join(',')}`
  return `${verbs.join(',')} ${[...resources, ...nonResourceURLs].join(',')}${of}${named}`
}
