import { readFileSync } from 'node:fs'
import { EmulatorError } from '../errors.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import type { OptionValues } from './command.ts'
import { findRunning } from './running.ts'

/**
 * Asks the server of a running inpod start, as its administrator.
 * @throws EmulatorError ERR_NOT_RUNNING if its files are gone
 */
export function connectToRunning(values: OptionValues): ApiClient {
  const { server, caFile, token } = findRunning(values)
  try {
    return createApiClient({ server, caCertificate: readFileSync(caFile, 'utf8'), token })
  } catch (error) {
    const hint = 'Has inpod start ended meanwhile?'
    throw new EmulatorError('ERR_NOT_RUNNING', `the files of ${server} are gone: ${(error as Error).message}`, { hint, cause: error })
  }
}
