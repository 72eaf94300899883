import { EmulatorError } from '../errors.ts'
import type { OptionSpec, OptionValues } from './command.ts'

const USUAL_PORT = 8001

export const companionOptions: OptionSpec[] = [
  {
    name: 'proxy',
    value: 'PORT|unix:PATH',
    optional: true,
    help:
      "the API without TLS and tokens at http://localhost:8001, as `kubectl proxy` in a sidecar gives it: as the Pod's service account, with " +
      "kubectl's rules of what may pass; or at another port, or a Unix socket",
    example: 'inpod exec --proxy -- curl http://localhost:8001/api/v1/namespaces/default/pods',
  },
  {
    name: 'sidecar',
    value: 'COMMAND',
    multiple: true,
    help:
      "a shell's command line that is run beside CMD, in the same place: started before it, ended after it, its output on standard error; " +
      'may be repeated',
    example: "inpod exec --sidecar 'kubectl proxy' -- ./app",
  },
]

/**
 * There is one localhost for the proxy to be at.
 * @throws EmulatorError ERR_USAGE
 */
export function checkAlone({ replicas }: OptionValues, isolation: object | undefined): void {
  const other = replicas === undefined ? (isolation === undefined ? undefined : '--network isolated') : '--replicas'
  if (other === undefined) return
  const hint =
    other === '--replicas'
      ? 'The Pods have one localhost here. A proxy of its own for each, at its address: --sidecar \'kubectl proxy --address "$POD_IP"\''
      : "The proxy would be outside of that network. Inside of it: --sidecar 'kubectl proxy'"
  throw new EmulatorError('ERR_USAGE', `--proxy with ${other}`, { hint })
}

/** What runs beside the program. */
export interface Companions {
  /** Where the proxy listens: a port of 127.0.0.1, or a path. */
  proxy: number | { path: string } | undefined
  sidecars: string[]
}

/**
 * @returns undefined when there are none
 * @throws EmulatorError ERR_USAGE
 */
export function readCompanions(values: OptionValues): Companions | undefined {
  const { proxy, sidecar } = values as { proxy?: string | true; sidecar?: string[] }
  if (proxy === undefined && sidecar === undefined) return undefined
  return { proxy: proxy === undefined ? undefined : readPlace(proxy), sidecars: sidecar ?? [] }
}

function readPlace(text: string | true): number | { path: string } {
  if (text === true) return USUAL_PORT
  if (/^unix:./.test(text)) return { path: text.slice('unix:'.length) }
  const port = /^[0-9]+$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new EmulatorError('ERR_USAGE', `invalid value "${text}" of --proxy: a port from 1 to 65535, or unix:PATH`)
}
