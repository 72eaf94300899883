import { existsSync, readFileSync } from 'node:fs'
import { type Answer, call } from '../server/call.ts'
import { type Running, startInpod } from './inpod.ts'

/** What `inpod start` serves. */
export interface Server {
  running: Running
  pid: number
  port: string
  /** What it printed. */
  // biome-ignore lint/suspicious/noExplicitAny: looked into by its fields
  description: any
  /** Of the form that `call` and `openWatch` take. */
  target: Parameters<typeof call>[0]
  /** @param as a token; the administrator's by default */
  ask(method: string, path: string, body?: object, as?: string): Promise<Answer>
  end(signal?: NodeJS.Signals): Promise<unknown>
}

export interface ServerOptions {
  /** A command that runs the command. */
  through?: string[]
  env?: Record<string, string | undefined>
}

/** Runs `inpod start --json` and waits until it serves. */
export async function startServer(args: string[] = [], options: ServerOptions = {}): Promise<Server> {
  const running = startInpod(['start', '--json', ...args], options)
  const description = JSON.parse(await running.said(/\{"server".*\}\n/))
  const { server, caFile, token, pid, env } = description
  // In its own mount namespace, should it have one.
  const seen = existsSync(`/proc/${pid}/root`) ? `/proc/${pid}/root${caFile}` : caFile
  const target = { url: server, caCertificate: readFileSync(seen, 'utf8'), adminToken: token } as Server['target']
  return {
    running,
    pid,
    port: env.KUBERNETES_SERVICE_PORT,
    description,
    target,
    ask: (method, path, body, as = token) => call(target, method, path, { token: as, ...(body === undefined ? {} : { body }) }),
    end(signal = 'SIGTERM') {
      process.kill(pid, signal)
      return running.finished
    },
  }
}
