import { formatAnswer, formatRules, formatWarnings } from '../authorization/can-i/format.ts'
import { parseQuestion } from '../authorization/can-i/question.ts'
import { explainDenial } from '../authorization/explain/explain-denial.ts'
import { formatExplanation } from '../authorization/explain/format.ts'
import { createRbacAuthorizer } from '../authorization/rbac/authorizer.ts'
import { privilegedGroupAuthorizer, unionAuthorizer } from '../authorization/union.ts'
import { EmulatorError } from '../errors.ts'
import { type Access, accessOptions, readAccess, readQuestion } from './access-options.ts'
import type { Command, CommandInput, OptionValues } from './command.ts'
import { writeError } from './output.ts'

export const canICommand: Command = {
  usage: '[options] VERB (RESOURCE[/NAME] | RESOURCE NAME | URL)',
  description: [
    'Says whether an account may do something, as kubectl auth can-i does, from manifests and the roles of a fresh cluster: no server.',
    'Exit codes: 0 yes, 1 no, 2 wrong use. With --verbose: why not, on standard error.',
  ].join('\n'),
  examples: [
    'inpod can-i list pods -f deploy/ -n team-a --service-account demo',
    'inpod can-i get pods/web --subresource log -f rbac.yaml',
    'inpod can-i --list -f rbac.yaml --as alice --as-group dev',
  ],
  options: [
    ...accessOptions,
    { name: 'list', help: 'all that the account may do in the namespace', example: 'inpod can-i --list -n team-a -f rbac.yaml' },
    { name: 'no-headers', help: 'with --list: without the line of headings', example: 'inpod can-i --list --no-headers -f rbac.yaml' },
    { name: 'quiet', short: 'q', help: 'only the exit code', example: 'inpod can-i create pods -q -f rbac.yaml' },
  ],
  interspersed: true,
  run: runCanI,
}

async function runCanI({ values, rest, print }: CommandInput): Promise<number> {
  checkOptions(values, rest)
  const access = await readAccess(values)
  const authorizer = unionAuthorizer([privilegedGroupAuthorizer, createRbacAuthorizer(access.source)])
  if (values['list'] === true) {
    print.out(formatRules(authorizer.rulesFor(access.user, access.namespace), values['no-headers'] !== true))
    return 0
  }
  const { attributes, warnings } = parseQuestion({ ...readQuestion(rest, 'can-i'), ...place(values, access) }, access.resources)
  writeError(formatWarnings(warnings))
  const decision = authorizer.authorize(attributes)
  if (values['quiet'] !== true) print.out(`${formatAnswer(decision)}\n`)
  if (decision.verdict === 'allow') return 0
  if (values['verbose'] === true) writeError(`\n${formatExplanation(explainDenial(attributes, access.source, access.resources))}\n`)
  return 1
}

/** Where and by whom; for all questions alike. */
export function place(values: OptionValues, { user, namespace }: Access) {
  const subresource = values['subresource'] as string | undefined
  return { user, namespace, ...(subresource === undefined ? {} : { subresource }) }
}

function checkOptions(values: OptionValues, words: readonly string[]): void {
  if (values['list'] !== true) {
    if (values['no-headers'] === true) throw new EmulatorError('ERR_USAGE', '--no-headers cannot be set without --list specified')
    if (values['subresource'] !== undefined && words[1]?.startsWith('/') === true) {
      throw new EmulatorError('ERR_USAGE', '--subresource can not be used with a URL')
    }
    return
  }
  if (words.length > 0) throw new EmulatorError('ERR_USAGE', 'list option must be specified with no arguments')
  if (values['quiet'] === true || values['all-namespaces'] === true || values['subresource'] !== undefined) {
    throw new EmulatorError('ERR_USAGE', "list option can't be specified with neither quiet, all-namespaces nor subresource options")
  }
}
