import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { FeedEvent, Replacement } from './feed.ts'
import type { Answer, FromWorker, Question, WorkerSettings } from './protocol.ts'

export interface LinkListener {
  /** Others' changes: a write that waits sees them before its own answer. */
  events(events: readonly FeedEvent[]): void
  /** How the state has become another while changes could not be followed. */
  replaced(state: Replacement): void
  /** After changes that no write has waited for. */
  settled(): void
}

/** The way to the thread that speaks to etcd. */
export interface Link {
  listen(listener: LinkListener): void
  /** Waits for the answer, and lets nothing else happen in this thread; undefined if it takes too long. */
  demand(question: Question): Answer | undefined
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/** An entry of its own, in the built package. */
const WORKER = new URL('../../../dist/etcd-worker.js', import.meta.url)
const demandMs = 12_000

export function openLink(given: Omit<WorkerSettings, 'signal'>): Link {
  const { port1: port, port2 } = new MessageChannel()
  const settings: WorkerSettings = { ...given, signal: new Int32Array(new SharedArrayBuffer(4)) }
  const worker = new Worker(WORKER, { workerData: { port: port2, settings }, transferList: [port2] })
  const pending = new Map<number, (answer: Answer) => void>()
  const answers = new Map<number, Answer>()
  let listener: LinkListener | undefined
  /** What has been told before anybody listened. */
  const early: FromWorker[] = []
  let count = 0
  let ended: Promise<void> | undefined

  const take = (message: FromWorker) => {
    if ('id' in message) {
      const waiting = pending.get(message.id)
      if (waiting === undefined) answers.set(message.id, message.answer)
      else settle(message.id, message.answer)
    } else if (listener === undefined) early.push(message)
    else if ('events' in message) listener.events(message.events)
    else listener.replaced(message.replaced)
  }
  const settle = (id: number, answer: Answer) => {
    pending.get(id)!(answer)
    pending.delete(id)
    if (pending.size === 0) unhold(port, worker)
  }
  const takeAll = () => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) take(next.message)
  }
  const failAll = (error: Error) => {
    for (const id of [...pending.keys()]) settle(id, { failure: { text: error.message, refused: false } })
  }
  port.on('message', (message: FromWorker) => {
    take(message)
    if (!('id' in message)) listener?.settled()
  })
  worker.on('error', failAll)
  unhold(port, worker)

  return {
    listen(given) {
      listener = given
      for (const message of early.splice(0)) take(message)
      listener.settled()
    },
    demand(question) {
      const id = ++count
      port.postMessage({ id, question })
      const deadline = performance.now() + demandMs
      for (;;) {
        const seen = Atomics.load(settings.signal, 0)
        takeAll()
        const answer = answers.get(id)
        answers.delete(id)
        if (answer !== undefined) return answer
        const left = deadline - performance.now()
        if (left <= 0) return undefined
        Atomics.wait(settings.signal, 0, seen, left)
      }
    },
    ask(question) {
      const id = ++count
      const { promise, resolve } = Promise.withResolvers<Answer>()
      if (pending.size === 0) {
        port.ref()
        worker.ref()
      }
      pending.set(id, resolve)
      port.postMessage({ id, question })
      return promise
    },
    close() {
      ended ??= this.ask({ do: 'close' }).then(async () => {
        port.close()
        await worker.terminate()
      })
      return ended
    },
  }
}

/** An idle way keeps no process alive. */
function unhold(port: MessagePort, worker: Worker): void {
  port.unref()
  worker.unref()
}
