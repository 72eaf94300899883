import type { EmulatorOptions } from '../emulator.ts'
import type { OptionSpec, OptionValues } from './command.ts'

export const faultsOption: OptionSpec = {
  name: 'faults',
  value: 'FILE',
  multiple: true,
  help: 'what the API server does wrong from the beginning: a file of faults, YAML or JSON; may be repeated',
  example: 'inpod exec --faults flaky.yaml -- ./app',
}

/** @throws EmulatorError for a file that is not right */
export async function readFaults(values: OptionValues): Promise<Pick<EmulatorOptions, 'faults'>> {
  const files = values['faults'] as string[] | undefined
  if (files === undefined) return {}
  const { readFaultFile } = await import('../scenario/fault-file.ts')
  return { faults: files.flatMap(readFaultFile) }
}
