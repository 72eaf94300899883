import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmulatorError } from '../errors.ts'
import { serviceIP } from '../pod/cluster-addresses.ts'
import { podEnvironment } from '../pod/environment.ts'
import { redirections } from '../pod/redirections.ts'
import { SERVICE_ACCOUNT_FOLDER } from '../pod/service-account-volume.ts'
import { quoteAll } from '../sandbox/shell.ts'
import type { Command, CommandInput } from './command.ts'
import { dockerEnvFile, formats } from './env-formats.ts'
import { findRunning, runningOptions, type StartDescription } from './running.ts'

const SHELLS = ['sh', 'bash', 'zsh', 'fish', 'powershell', 'pwsh'] as const

export const envCommand: Command = {
  usage: '[options]',
  description: [
    "Prints a Pod's environment for a shell to take up, of the emulator that inpod start serves: the server's address, no proxy on",
    'the way, and where the files of the service account are. Variables that would lead clients elsewhere are taken away.',
    'Clients that insist on the fixed path of the files do not find them: run these with inpod exec, or in a container (--docker).',
  ].join('\n'),
  examples: [
    'eval "$(inpod env)"',
    'inpod env --shell fish | source',
    'inpod env --shell powershell | Out-String | Invoke-Expression',
    'docker run $(inpod env --docker) registry.example/app',
  ],
  options: [
    {
      name: 'shell',
      value: SHELLS.join('|'),
      help: 'for this shell (default: sh, which bash and zsh understand)',
      example: 'inpod env --shell fish | source',
    },
    { name: 'dotenv', help: 'as a .env file', example: 'inpod env --dotenv > .env' },
    {
      name: 'docker',
      help: 'as arguments of docker run: variables, the files at their real path, and the way to the server',
      example: 'docker run $(inpod env --docker) registry.example/app',
    },
    { name: 'json', help: 'as JSON: {"set": {…}, "unset": […]}', example: 'inpod env --json' },
    ...runningOptions,
  ],
  run: runEnv,
}

async function runEnv({ values, rest, print }: CommandInput): Promise<number> {
  if (rest.length > 0)
    throw new EmulatorError('ERR_USAGE', `unexpected "${rest[0]}"`, { hint: 'To run a program: inpod exec -- CMD ARGS…' })
  const chosen = ['shell', 'dotenv', 'docker', 'json'].filter((name) => values[name] !== undefined)
  if (chosen.length > 1) throw new EmulatorError('ERR_USAGE', `--${chosen.join(' and --')} exclude each other`)
  const shell = String(values['shell'] ?? 'sh')
  if (!SHELLS.some((name) => name === shell))
    throw new EmulatorError('ERR_USAGE', `invalid value "${shell}" of --shell: one of ${SHELLS.join(', ')}`)
  const running = findRunning(values)
  if (values['docker'] === true) print.out(`${quoteAll(dockerArguments(running, process.platform))}\n`)
  else
    print.out(
      formats[chosen[0] === undefined || chosen[0] === 'shell' ? (shell as keyof typeof formats) : (chosen[0] as 'json')](
        changeOf(running),
      ),
    )
  return 0
}

/** What changes in the shell that asks, whose own environment we have. */
function changeOf({ env, podRoot }: StartDescription) {
  const { set, unset } = podEnvironment({ ...addressOf(env), base: process.env })
  const all = { ...set, ...redirections(podRoot) }
  return { set: all, unset: unset.filter((name) => !(name in all)) }
}

const addressOf = (env: Record<string, string>) => ({
  host: env['KUBERNETES_SERVICE_HOST'] ?? '',
  port: Number(env['KUBERNETES_SERVICE_PORT']),
  podName: env['HOSTNAME'] ?? '',
  serviceIP,
})

/** A name that is on the server's certificate, for containers that see the host by an address of Docker's. */
const HOST_NAME = 'kubernetes.default.svc'

/**
 * The server listens at the loopback address. On Linux that is the container's own only in the host's network; Docker Desktop leads
 * `host-gateway` there.
 */
function dockerArguments({ env, podRoot }: StartDescription, platform: NodeJS.Platform): string[] {
  const address = addressOf(env)
  const inHostNetwork = platform === 'linux'
  const { set } = podEnvironment({ ...address, ...(inHostNetwork ? {} : { host: HOST_NAME }), base: {} })
  // The host name is the container's, not a variable of the shell's.
  const { HOSTNAME, ...variables } = set
  const envFile = join(podRoot, 'docker.env')
  writeFileSync(envFile, dockerEnvFile(variables), { mode: 0o600 })
  const files = join(podRoot, SERVICE_ACCOUNT_FOLDER)
  if (files.includes(':')) throw new EmulatorError('ERR_UNWRITABLE', `docker run -v has no way to write ${files}`, { hint: 'Set TMPDIR.' })
  return [
    ...(inHostNetwork ? ['--network', 'host'] : ['--add-host', `${HOST_NAME}:host-gateway`]),
    ...['--hostname', HOSTNAME!],
    ...['--env-file', envFile],
    ...(existsSync(files) ? ['-v', `${files}:${SERVICE_ACCOUNT_FOLDER}:ro`] : []),
  ]
}
