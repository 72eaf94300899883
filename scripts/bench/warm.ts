// Starts emulators in one process and prints, as JSON: the median start in a warm process, and what 50 at once cost.
import { startEmulator } from 'inpod'
import { median } from './figures.ts'

const MANY = 50
const MIB = 2 ** 20

const times: number[] = []
for (let index = 0; index < 25; index++) {
  const started = performance.now()
  const emulator = await startEmulator()
  times.push(performance.now() - started)
  await emulator.close()
}

const before = process.memoryUsage.rss()
const started = performance.now()
const emulators = await Promise.all(Array.from({ length: MANY }, () => startEmulator()))
const manyMs = performance.now() - started
const manyMiB = (process.memoryUsage.rss() - before) / MIB
await Promise.all(emulators.map((emulator) => emulator.close()))
process.stdout.write(JSON.stringify({ startMs: median(times.slice(5)), manyMs, manyMiB }))
