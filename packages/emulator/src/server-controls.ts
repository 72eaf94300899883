import type { EmulatedPod } from './emulated-pod.ts'
import type { ServerControls } from './faults/fault-set.ts'
import type { Front } from './front.ts'
import type { ServiceAccountFiles } from './pod/service-account-volume.ts'

/** What faults do to an emulator as a whole. */
export function serverControls(
  { server, authority }: Front,
  pod: () => EmulatedPod,
  onFilesReplaced?: (files: ServiceAccountFiles) => void,
): ServerControls {
  let stranger: Promise<{ cert: string; key: string }> | undefined
  const strangerServing = () => {
    stranger ??= authority.strangerServing()
    return stranger
  }
  return {
    async prepareCertificate() {
      await strangerServing()
    },
    async renewToken() {
      const { container } = pod()
      await container?.renewTokens()
      onFilesReplaced?.(await pod().renewToken())
    },
    async changeCertificate(isRight) {
      await server.showCertificate(isRight ? authority.serving : await strangerServing())
      server.disconnect()
    },
    goDown: (milliseconds) => server.goDown(milliseconds),
  }
}
