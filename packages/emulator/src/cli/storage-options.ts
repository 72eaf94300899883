import type { EmulatorOptions } from '../emulator.ts'
import { EmulatorError } from '../errors.ts'
import type { OptionSpec, OptionValues } from './command.ts'

/** A cluster that several emulators share. */
export const storageOptions: OptionSpec[] = [
  {
    name: 'storage',
    value: 'etcd://HOST:PORT',
    help: 'an etcd that keeps the cluster for all emulators that name it; etcds:// with TLS; several members with commas between them',
    example: 'inpod start --storage etcd://127.0.0.1:2379',
  },
  {
    name: 'etcd-cafile',
    value: 'FILE',
    help: "who has signed etcd's certificate (default: who the system trusts)",
    example: 'inpod start --storage etcds://etcd:2379 --etcd-cafile ca.crt',
  },
  {
    name: 'etcd-certfile',
    value: 'FILE',
    help: 'the certificate that etcd is shown',
    example: 'inpod start --storage etcds://etcd:2379 --etcd-certfile client.crt --etcd-keyfile client.key',
  },
  {
    name: 'etcd-keyfile',
    value: 'FILE',
    help: 'the key of --etcd-certfile',
    example: 'inpod start --storage etcds://etcd:2379 --etcd-certfile client.crt --etcd-keyfile client.key',
  },
  {
    name: 'etcd-prefix',
    value: 'PATH',
    help: 'what all keys begin with: clusters of one etcd have different ones (default: /registry)',
    example: 'inpod start --storage etcd://127.0.0.1:2379 --etcd-prefix /team-a',
  },
]

const files = { caFile: 'etcd-cafile', certFile: 'etcd-certfile', keyFile: 'etcd-keyfile', prefix: 'etcd-prefix' } as const

/** @throws EmulatorError ERR_USAGE */
export function readStorage(values: OptionValues): Pick<EmulatorOptions, 'storage'> {
  const given = Object.entries(files).flatMap(([name, option]) => (values[option] === undefined ? [] : [[name, String(values[option])]]))
  const url = values['storage']
  if (url === undefined && given.length === 0) return {}
  if (url === undefined) throw new EmulatorError('ERR_USAGE', '--etcd-… options are of no use without --storage')
  if (values['data'] !== undefined) {
    const hint = 'A cluster is kept in a folder of its own, or in an etcd: leave out one of the two.'
    throw new EmulatorError('ERR_USAGE', '--data and --storage exclude each other', { hint })
  }
  return { storage: { url: String(url), ...Object.fromEntries(given) } }
}
