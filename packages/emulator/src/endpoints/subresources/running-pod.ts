// The subresources of a Pod that this process runs, as its kubelet and container runtime answer them.
import type { KubeObject } from '../../apimachinery/object.ts'
import { newBadRequest } from '../../apimachinery/status-error.ts'
import { type LogOptions, openLog } from '../../container-runtime/read-log.ts'
import type { RunningContainer } from '../../container-runtime/running-containers.ts'
import type { ApiResponse, ResponseSink, Upgrade } from '../http.ts'
import { isTrue } from '../request-info.ts'
import { respondText } from '../responses.ts'
import type { RequestScope } from '../scope.ts'
import { isUpgradeRequest } from '../upgrade-request.ts'

/** @throws StatusError 400 where there is none: of a run before, or where a terminal has taken what was written */
export function logOf(scope: RequestScope, pod: KubeObject, name: string, options: LogOptions & { previous: boolean }): ApiResponse {
  const podName = pod.metadata.name
  if (options.previous) throw newBadRequest(`previous terminated container ${quote(name)} in pod ${quote(podName)} not found`)
  const headers = { 'content-type': 'text/plain' }
  const container = findContainer(scope, pod, name)
  // Others of the Pod are only said to run.
  if (container === undefined) return { status: 200, headers, body: '' }
  const { log } = container
  if (log === undefined) throw newBadRequest(noOutput(name, podName))
  return {
    status: 200,
    headers,
    stream: (sink) => {
      const ended = new Promise<void>((resolve) => sink.onClose(resolve))
      scope.services.containers.track(ended)
      sendLog(log, options, sink)
    },
  }
}

function sendLog(log: NonNullable<RunningContainer['log']>, options: LogOptions, sink: ResponseSink): void {
  const reader = openLog(log, options)
  let isHeld = false
  const send = () => {
    while (!isHeld && !sink.closed) {
      const bytes = reader.next()
      if (bytes !== undefined) isHeld = !sink.write(Buffer.from(bytes))
      else if (!reader.done) return
      else {
        stop()
        return sink.end()
      }
    }
  }
  const stop = log.onChange(send)
  sink.onClose(stop)
  sink.onDrain(() => {
    isHeld = false
    send()
  })
  send()
}

/** @throws StatusError 400 for a request that cannot go on as streams */
export function execIn(scope: RequestScope, pod: KubeObject, name: string): ApiResponse {
  const wanted = wantedStreams(scope)
  const command = scope.query.getAll('command')
  const container = findContainer(scope, pod, name)
  if (container === undefined) return notFound(name)
  return upgrade(scope, {
    kind: 'command',
    wanted,
    failure: (code) => `error executing command [${command.join(' ')}], exit code ${code}`,
    start: () => explained(container.exec({ command, ...wanted }), 'error executing command in container'),
    track: (session) => scope.services.containers.track(session),
  })
}

/** @throws StatusError 400 for a request that cannot go on as streams, and where a terminal takes what is written */
export function attachTo(scope: RequestScope, pod: KubeObject, name: string): ApiResponse {
  const wanted = wantedStreams(scope)
  const container = findContainer(scope, pod, name)
  if (container === undefined) return notFound(name)
  if (container.log === undefined) throw newBadRequest(noOutput(name, pod.metadata.name))
  return upgrade(scope, {
    kind: 'command',
    wanted,
    failure: undefined,
    start: async () => container.attach()!,
    track: (session) => scope.services.containers.track(session),
  })
}

export function forwardTo(scope: RequestScope, pod: KubeObject, ports: readonly number[]): ApiResponse {
  const [container] = scope.services.containers.ofPod(pod.metadata.uid!)
  const what = (port: number) => `error forwarding port ${port} to pod ${pod.metadata.uid}, uid : failed to execute portforward`
  return upgrade(scope, {
    kind: 'port-forward',
    ports,
    dial: (port) => explained(container!.dial(port), what(port)),
    track: (session) => scope.services.containers.track(session),
  })
}

function upgrade({ request }: RequestScope, how: Upgrade): ApiResponse {
  if (!isUpgradeRequest(request.headers)) throw newBadRequest('Upgrade request required')
  return { status: 101, headers: {}, upgrade: how }
}

async function explained<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error })
  }
}

function wantedStreams({ query }: RequestScope) {
  const wants = (name: string) => isTrue(query.get(name))
  const tty = wants('tty')
  const wanted = { stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') && !tty, tty }
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr')
  return wanted
}

const findContainer = ({ services }: RequestScope, { metadata }: KubeObject, name: string) =>
  services.containers.ofPod(metadata.uid!).find((each) => each.name === name)

const notFound = (name: string) => respondText(500, `container not found (${quote(name)})\n`)
const noOutput = (name: string, pod: string | undefined) =>
  `container ${quote(name)} in pod ${quote(pod)} writes to a terminal: there is no log of it (inpod exec --no-tty keeps one)`
const quote = (text: string | undefined) => JSON.stringify(text)
