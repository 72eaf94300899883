export type { EmulatedPod, Emulator, EmulatorOptions } from './emulator.ts'
export { startEmulator } from './emulator.ts'
export { EmulatorError } from './errors.ts'
export type { ManifestSource } from './scenario/manifests.ts'
