// @kubernetes/client-node: the log, exec, attach and port-forward of the Pod that this program runs in.
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { CoreV1Api, Exec, KubeConfig, PortForward } from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromCluster()
const core = config.makeApiClient(CoreV1Api)
const namespace = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8')
const name = process.env.HOSTNAME
const report = (line) => console.log(JSON.stringify({ ok: true, ...line }))

const collected = () => {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  return { stream, text: () => text }
}

console.error('to the log')
const [out, err] = [collected(), collected()]
const input = new PassThrough()
input.write('typed\n')
const status = await new Promise((resolve, reject) => {
  const command = ['sh', '-c', 'read line; echo "got $line"; echo wrong >&2; exit 3']
  new Exec(config).exec(namespace, name, 'main', command, out.stream, err.stream, input, false, resolve).catch(reject)
})
report({ step: 'exec', out: out.text(), err: err.text(), code: Number(status.details.causes[0].message) })
report({ step: 'log', text: await core.readNamespacedPodLog({ namespace, name, tailLines: 100 }) })

const served = createServer((socket) => socket.once('data', (data) => socket.end(`served ${data}`))).listen(0, '127.0.0.1')
await new Promise((resolve) => served.once('listening', resolve))
const forward = new PortForward(config)
const local = createServer((socket) => forward.portForward(namespace, name, [served.address().port], socket, null, socket)).listen(
  0,
  '127.0.0.1',
)
await new Promise((resolve) => local.once('listening', resolve))
const answer = await new Promise((resolve) => {
  const socket = connect(local.address().port, '127.0.0.1', () => socket.write('request'))
  socket.once('data', (data) => resolve(String(data)))
})
report({ step: 'port-forward', answer, error: '' })
process.exit(0)
