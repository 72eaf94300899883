import type { EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import type { OptionSpec, OptionValues, Printer } from './command.ts'
import { faultsOption } from './fault-options.ts'
import { readStorage, storageOptions } from './storage-options.ts'

/** Options of the commands that start an emulator. */
export const emulatorOptions: OptionSpec[] = [
  {
    name: 'filename',
    short: 'f',
    value: 'FILE|DIR|-',
    multiple: true,
    help: 'manifests that the cluster begins with: YAML or JSON, all of a folder, or standard input; may be repeated',
    example: 'inpod exec -f deploy/rbac.yaml -f deploy/crds/ -- ./controller',
  },
  {
    name: 'namespace',
    short: 'n',
    value: 'NAME',
    help: "the Pod's namespace (default: default)",
    example: 'inpod exec -f app.yaml -n team-a -- ./app',
  },
  {
    name: 'service-account',
    value: 'NAME',
    help: "the Pod's service account (default: default)",
    example: 'inpod exec -f app.yaml -n team-a --service-account demo -- ./app',
  },
  {
    name: 'port',
    value: 'PORT',
    help: 'the port of the API server on 127.0.0.1 (default: a free one)',
    example: 'inpod start --port 6443',
  },
  {
    name: 'token-expiration',
    value: 'SECONDS|DURATION',
    help: "how long the Pod's token is valid; a real server gives none for less than 10 minutes (default: 3607, as the kubelet asks for)",
    example: 'inpod exec --token-expiration 10m -- ./app',
  },
  {
    name: 'rbac-mode',
    value: 'enforce|warn|record',
    help: "what becomes of requests of the Pod's account that RBAC denies: denied, let through with a warning, or let through (default: enforce)",
    example: 'inpod exec --rbac-mode warn -f rbac.yaml -- ./app',
  },
  {
    name: 'data',
    value: 'DIR',
    help: 'a folder that keeps the cluster, its keys and certificates: started with it again, it goes on where it ended (default: in memory)',
    example: 'inpod start --data ./cluster --port 6443',
  },
  ...storageOptions,
  faultsOption,
]

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600 }

/**
 * What the library is asked for.
 * @throws EmulatorError ERR_USAGE
 */
export function readEmulatorOptions(values: OptionValues, print: Printer): EmulatorOptions {
  return {
    manifests: (values['filename'] as string[] | undefined) ?? [],
    pod: {
      namespace: readName(values, 'namespace', 63, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
      serviceAccountName: readName(values, 'service-account', 253, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/),
      tokenExpirationSeconds: readSeconds(values['token-expiration'], print),
    },
    port: readPort(values['port']),
    ...readRbacMode(values['rbac-mode']),
    ...(values['data'] === undefined ? {} : { data: readData(values['data']) }),
    ...readStorage(values),
    onWarning: print.warn,
  }
}

function readName(values: OptionValues, option: string, length: number, pattern: RegExp): string | undefined {
  const name = values[option] as string | undefined
  if (name === undefined || (name.length <= length && pattern.test(name))) return name
  throw invalid(option, name, `names are of lower case letters, digits and "-", and at most ${length} characters`)
}

function readRbacMode(mode: unknown): Pick<EmulatorOptions, 'rbacMode'> {
  if (mode === undefined) return {}
  if (mode === 'enforce' || mode === 'warn' || mode === 'record') return { rbacMode: mode }
  throw invalid('rbac-mode', mode, 'one of enforce, warn, record')
}

function readData(value: unknown): string {
  if (value === '') throw invalid('data', value, 'the path of a folder')
  return String(value)
}

function readPort(text: unknown): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(String(text)) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw invalid('port', text, 'a number from 0 to 65535')
}

/** @throws EmulatorError ERR_USAGE */
export function readSeconds(text: unknown, print: Printer): number | undefined {
  if (text === undefined) return undefined
  const parts = [...String(text).matchAll(/(\d+)([smh]?)/gy)]
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit || 's']!, 0)
  const isWhole = parts.map(([part]) => part).join('') === text && (parts.length === 1 || parts.every(([, , unit]) => unit))
  if (!isWhole) throw invalid('token-expiration', text, 'seconds, or a duration such as 10m or 1h30m')
  if (seconds < 1) throw invalid('token-expiration', text, 'at least a second')
  if (seconds < 600) print.warn(`--token-expiration ${text}: a real API server gives no token for less than 10 minutes`)
  return seconds
}

function invalid(option: string, value: unknown, rule: string): EmulatorError {
  return new EmulatorError('ERR_USAGE', `invalid value "${value}" of --${option}: ${rule}`)
}
