export type { EmulatedPod, Emulator, EmulatorOptions, ManifestSource } from './emulator.ts'
export { startEmulator } from './emulator.ts'
export { EmulatorError } from './errors.ts'
