// No import cycles in any package; the emulator's layers import downwards only; each third-party package has one importing folder.
import { join } from 'node:path'
import { readGraph } from './import-graph.ts'
import { findCycles, findLayerFaults, findSharedDependencies } from './import-rules.ts'
import { layers, sharedDependencies } from './layers.ts'

const packages = join(import.meta.dirname, '..', '..', 'packages')
const emulator = readGraph(join(packages, 'emulator', 'src'))
const faults = [
  ...findCycles(emulator),
  ...findCycles(readGraph(join(packages, 'fixtures', 'src'))),
  ...findLayerFaults(emulator, layers),
  ...findSharedDependencies(emulator, sharedDependencies),
]
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
