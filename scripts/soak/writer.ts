// A program that writes until its standard input ends, and tells of each write that was acknowledged: a line of JSON each (./report.ts).
//   SOAK_WRITER (its name), SOAK_RATE (writes a second), SOAK_SEED, SOAK_PROTOCOL (http1 or http2), SOAK_ENDPOINT (JSON)
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHttp1Client, createHttp2Client, type Endpoint } from './connections.ts'
import { createCounting } from './counting.ts'
import { createWriting } from './objects.ts'
import { createRandom, weighted } from './random.ts'
import type { Report } from './report.ts'

const { SOAK_WRITER, SOAK_RATE, SOAK_SEED, SOAK_PROTOCOL, SOAK_ENDPOINT } = process.env
const endpoint = JSON.parse(SOAK_ENDPOINT!) as Endpoint
const client = SOAK_PROTOCOL === 'http2' ? createHttp2Client(endpoint) : createHttp1Client(endpoint)
const random = createRandom(Number(SOAK_SEED))
const tell = (report: Report) => void process.stdout.write(`${JSON.stringify(report)}\n`)
const context = { writer: SOAK_WRITER!, call: client.call, random, tell }
const writing = createWriting(context)
const counting = createCounting(context)

let mayWrite = true
let resume = () => {}
let ended = false
const input = createInterface({ input: process.stdin })
input.on('line', (line) => {
  mayWrite = line !== 'pause'
  if (mayWrite) resume()
})
input.on('close', () => {
  ended = true
  mayWrite = true
  resume()
})

const interval = 1000 / Number(SOAK_RATE)
for (let next = performance.now(); !ended; next = Math.max(next + interval, performance.now() - 1000)) {
  if (!mayWrite) {
    const resumed = new Promise<void>((resolve) => (resume = resolve))
    tell({ paused: true })
    await resumed
    next = performance.now()
    continue
  }
  await weighted(random, [
    [80, writing.change],
    [1, writing.deleteTogether],
    [20, counting.count],
  ] as const)()
  await sleep(Math.max(0, next - performance.now()))
}
client.close()
