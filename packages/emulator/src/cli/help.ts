import type { Command, CommandEntry, OptionSpec } from './command.ts'

/** Options that every command has. */
export const commonOptions: OptionSpec[] = [
  { name: 'verbose', help: 'say what is done, and where errors come from', example: 'inpod exec --verbose -- true' },
  { name: 'help', short: 'h', help: 'show this text', example: 'inpod exec --help' },
]

export function formatOverview(commands: CommandEntry[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'inpod: the environment that a Kubernetes Pod sees, for any program',
    '',
    'Usage: inpod COMMAND [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    '  -h, --help  show this text; after a command, its options:  inpod exec --help',
    '  --version   show the version:  inpod --version',
    '',
    'Example:',
    '  inpod exec -f rbac.yaml -n team-a --service-account demo -- kubectl auth can-i list pods',
    '',
  ].join('\n')
}

export function formatHelp(name: string, { usage, description, examples, options }: Command): string {
  return [
    `Usage: inpod ${name} ${usage}`,
    '',
    description,
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Options:',
    ...[...options, ...commonOptions].flatMap(formatOption),
    '',
  ].join('\n')
}

function formatOption({ name, short, value, optional, help, example }: OptionSpec): string[] {
  const flag = `${short ? `-${short}, ` : ''}--${name}${optional ? `[=${value}]` : value ? ` ${value}` : ''}`
  return [`  ${flag}`, ...wrap(help).map((line) => `      ${line}`), `        ${example}`]
}

/** Lines of at most 100 characters. */
function wrap(text: string): string[] {
  return text.match(/\S.{0,98}(?=\s|$)/g) ?? []
}
