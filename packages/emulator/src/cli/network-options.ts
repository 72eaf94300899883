import type { AllowedHost } from '../cluster-network/join.ts'
import { EmulatorError } from '../errors.ts'
import type { OptionSpec, OptionValues } from './command.ts'

export const networkOptions: OptionSpec[] = [
  {
    name: 'network',
    value: 'host|isolated',
    help:
      "the program's network: this machine's own (host), or one of its own as in a cluster (isolated; Linux): the API server is at " +
      'kubernetes.default.svc, port 443, Services and Pods have their DNS names, and nothing else can be reached (default: host)',
    example: 'inpod exec --network isolated -- curl -k https://kubernetes.default.svc/version',
  },
  {
    name: 'allow-host',
    value: 'HOST:PORT',
    multiple: true,
    help: 'what can be reached from the isolated network all the same; host.inpod.internal is this machine; may be repeated',
    example: 'inpod exec --network isolated --allow-host db.example.com:5432 -- ./app',
  },
]

/**
 * Undefined for this machine's network, else what can be reached from the program's own.
 * @throws EmulatorError ERR_USAGE
 */
export function readNetwork(values: OptionValues): AllowedHost[] | undefined {
  const network = values['network'] ?? 'host'
  const hosts = (values['allow-host'] as string[] | undefined) ?? []
  if (network !== 'host' && network !== 'isolated') {
    throw new EmulatorError('ERR_USAGE', `invalid value "${network}" of --network: one of host, isolated`)
  }
  if (network === 'isolated') {
    checkSandbox(values['sandbox'])
    return hosts.map(readHost)
  }
  if (hosts.length === 0) return undefined
  throw new EmulatorError('ERR_USAGE', '--allow-host without --network isolated', {
    hint: 'From the network of the host, all can be reached.',
  })
}

function checkSandbox(sandbox: unknown): void {
  if (sandbox !== 'real-path' && sandbox !== 'pod-root') return
  const hint = 'A network of its own is a namespace: leave out --sandbox, or say --sandbox namespaces.'
  throw new EmulatorError('ERR_USAGE', `--network isolated with --sandbox ${sandbox}`, { hint })
}

const LABEL = '[a-z0-9_]([-a-z0-9_]*[a-z0-9])?'
const NAME = new RegExp(`^(${LABEL}\\.)*${LABEL}$`)

function readHost(text: string): AllowedHost {
  const [, host = '', digits = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const invalid = (rule: string) => new EmulatorError('ERR_USAGE', `invalid value "${text}" of --allow-host: ${rule}`)
  if (host === '' || port < 1 || port > 65_535) throw invalid('a name or an IPv4 address, a colon and a port')
  if (host.includes(':')) throw invalid('IPv6 addresses are not in that network; a name that has one will do')
  const name = host.toLowerCase().replace(/\.$/, '')
  const isNumeric = /^[\d.]+$/.test(name)
  if (name === 'localhost' || name.endsWith('.localhost') || (isNumeric && /^(127|0)\./.test(name))) {
    throw invalid(`in there that is the Pod itself; this machine is host.inpod.internal:${digits}`)
  }
  if (isNumeric ? !isIPv4(name) : name.length > 253 || !NAME.test(name)) throw invalid(`"${host}" is neither a name nor an IPv4 address`)
  if (/(^|\.)cluster\.local$/.test(name)) throw invalid('names of the cluster are its own')
  return { host: name, port }
}

const isIPv4 = (text: string) => /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256)
