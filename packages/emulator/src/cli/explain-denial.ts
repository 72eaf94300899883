import { userNamed } from '../authentication/impersonation.ts'
import type { Attributes } from '../authorization/attributes.ts'
import { parseQuestion } from '../authorization/can-i/question.ts'
import { parseDenial } from '../authorization/explain/denial-message.ts'
import { type DenialExplanation, explainDenial } from '../authorization/explain/explain-denial.ts'
import { formatExplanation } from '../authorization/explain/format.ts'
import { type Access, accessOptions, readAccess, readQuestion } from './access-options.ts'
import { place } from './can-i.ts'
import type { Command, CommandInput, OptionValues } from './command.ts'

export const explainDenialCommand: Command = {
  usage: '[options] (VERB RESOURCE [NAME] | VERB URL | MESSAGE)',
  description: [
    'Says why a request is denied: which bindings were looked at, the rule that comes nearest and what it lacks, likely mistakes, and the',
    'smallest addition to the manifests that would allow it, as YAML to paste. MESSAGE is that of a 403, in quotes, as a log or kubectl has it.',
  ].join('\n'),
  examples: [
    'inpod explain-denial list pods -f deploy/ -n team-a --service-account demo',
    'inpod explain-denial -f deploy/ \'pods is forbidden: User "system:serviceaccount:a:b" cannot list resource "pods" in API group "" in the namespace "a"\'',
  ],
  options: [
    ...accessOptions,
    { name: 'json', help: 'the explanation as JSON', example: 'inpod explain-denial list pods -f rbac.yaml --json' },
  ],
  interspersed: true,
  run: runExplainDenial,
}

async function runExplainDenial({ values, rest, print }: CommandInput): Promise<number> {
  const access = await readAccess(values)
  const { attributes, warnings } = questionOf(values, rest, access)
  for (const warning of warnings) print.warn(warning)
  const explanation = explainDenial(attributes, access.source, access.resources)
  print.out(values['json'] === true ? `${JSON.stringify(toJson(explanation), undefined, 2)}\n` : `${formatExplanation(explanation)}\n`)
  return 0
}

function questionOf(values: OptionValues, words: readonly string[], access: Access): { attributes: Attributes; warnings: string[] } {
  const denied = parseDenial(words.join(' '))
  if (denied === undefined) return parseQuestion({ ...readQuestion(words, 'explain-denial'), ...place(values, access) }, access.resources)
  const { userName, ...attributes } = denied
  const groups = (values['as-group'] as string[] | undefined) ?? []
  return { attributes: { ...attributes, user: userNamed(userName, groups) }, warnings: [] }
}

function toJson({ attributes, allowed, message, bindings, nearest, mistakes, fix }: DenialExplanation): object {
  const { user, ...request } = attributes
  return { allowed, message, user: { name: user.name, groups: user.groups }, request, bindings, nearest, mistakes, fix }
}
