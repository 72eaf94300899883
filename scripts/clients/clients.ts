import { delimiter, dirname, join } from 'node:path'
import { kubernetesTools } from '../tools/kubectl.ts'
import { type BuildName, sources } from './builds.ts'
import { type Toolchain, toolchains } from './toolchains.ts'

/** What it takes to run a client program: the command, and what it wants in its environment. */
export interface ClientCommand {
  argv: [string, ...string[]]
  environment?: Record<string, string>
}

/** A real client library, and the small program of `test/clients` that uses it. */
export interface Client {
  name: string
  build?: BuildName
  /** Beyond what its build needs. */
  needs?: Toolchain[]
  /** @param output where its build left what it made */
  command(output: string): ClientCommand | Promise<ClientCommand>
}

const { bash, curl, kubectl, openssl, python } = toolchains

const goProgram = (name: string, file = name): Client => ({ name, build: 'go', command: (output) => ({ argv: [join(output, file)] }) })

const pythonProgram = (name: string, file: string): Client => ({
  name,
  build: 'python',
  command: (output) => ({
    argv: [join(output, 'bin', 'python'), join(sources, 'python', file)],
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  }),
})

const javaProgram = (name: string, className: string): Client => ({
  name,
  build: 'java',
  // Its process has the number that those of other Pods have: they would quarrel over a file in /tmp, and say so.
  command: (output) => ({ argv: ['java', '-XX:-UsePerfData', '-cp', `${output}/classes:${output}/libraries/*`, className] }),
})

const rustProgram = (name: string, file: string): Client => ({
  name,
  build: 'rust',
  command: (output) => ({ argv: [join(output, 'debug', file)] }),
})

const shellProgram = (name: string, needs: Toolchain[] = []): Client => ({
  name,
  needs: [bash, ...needs],
  command: () => ({ argv: ['bash', join(sources, name, 'main.sh')] }),
})

/** kubectl and helm are the pinned ones, ahead of any other on the PATH. */
const withKubernetesTools = (client: Client): Client => ({
  ...client,
  async command(output) {
    const { argv } = await client.command(output)
    const { kubectl } = await kubernetesTools()
    return { argv, environment: { PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}` } }
  },
})

export const clients: Client[] = [
  goProgram('client-go'),
  goProgram('controller-runtime'),
  goProgram('informer'),
  goProgram('controller'),
  goProgram('leader'),
  goProgram('soak'),
  goProgram('typed'),
  goProgram('client-go-streams', 'streams'),
  pythonProgram('kubernetes-python', 'official.py'),
  pythonProgram('kubernetes-python-streams', 'streams.py'),
  pythonProgram('reload', 'reload.py'),
  pythonProgram('kubernetes-python-informer', 'informer.py'),
  pythonProgram('soak-python', 'soak_writer.py'),
  pythonProgram('kr8s', 'kr8s_client.py'),
  pythonProgram('lightkube', 'lightkube_client.py'),
  { name: 'client-node', command: () => ({ argv: [process.execPath, join(sources, 'node', 'main.mjs')] }) },
  { name: 'client-node-informer', command: () => ({ argv: [process.execPath, join(sources, 'node', 'informer.mjs')] }) },
  { name: 'client-node-streams', command: () => ({ argv: [process.execPath, join(sources, 'node', 'streams.mjs')] }) },
  javaProgram('client-java', 'clients.Official'),
  javaProgram('client-java-informer', 'clients.OfficialInformer'),
  javaProgram('client-java-streams', 'clients.OfficialStreams'),
  javaProgram('fabric8', 'clients.Fabric8'),
  javaProgram('fabric8-streams', 'clients.Fabric8Streams'),
  javaProgram('fabric8-informer', 'clients.Fabric8Informer'),
  rustProgram('kube-rs', 'kube-client'),
  rustProgram('kube-rs-informer', 'informer'),
  withKubernetesTools(shellProgram('kubectl')),
  withKubernetesTools(shellProgram('helm')),
  { ...shellProgram('kubectl', [kubectl]), name: 'kubectl-of-the-machine' },
  shellProgram('curl', [curl]),
  { name: 'openssl', needs: [bash, openssl], command: () => ({ argv: ['bash', join(sources, 'tls', 'openssl.sh')] }) },
  { name: 'python-strict', needs: [python], command: () => ({ argv: ['python3', join(sources, 'tls', 'strict.py')] }) },
]
