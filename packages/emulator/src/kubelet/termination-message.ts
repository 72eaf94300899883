import { readFileSync } from 'node:fs'

const MAX_BYTES = 4096

/** What a container wrote to its termination message file, as much of it as the kubelet takes. */
export function readTerminationMessage(path: string): string | undefined {
  try {
    const text = readFileSync(path).subarray(0, MAX_BYTES).toString()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}
