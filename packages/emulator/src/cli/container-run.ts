// What a kubelet does around a container's program: lets the API reach it, ends it, and tells of its end.
import type { Containers } from '../container-runtime/running-containers.ts'
import type { PodEnd } from '../pod-end.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { OptionSpec } from './command.ts'

export const noTtyOption: OptionSpec = {
  name: 'no-tty',
  help:
    'the program writes to pipes, as in a Pod, also where the output is a terminal: kubectl logs and attach show it then too. What goes ' +
    'elsewhere they show always',
  example: 'inpod exec --pod deploy.yaml --no-tty',
}

/** How long those who are connected with the program have to be told of its end. */
const farewellMs = 1_000

/** Ends a program as a deleted Pod's: SIGTERM, and SIGKILL once its time is over, which may become less. */
export function gracefulStop(sandbox: Sandbox): (seconds: number) => void {
  let deadline = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  return (seconds) => {
    const end = performance.now() + seconds * 1_000
    if (deadline === Number.POSITIVE_INFINITY) sandbox.signal('SIGTERM')
    if (end >= deadline) return
    deadline = end
    clearTimeout(timer)
    timer = setTimeout(() => sandbox.kill(), seconds * 1_000).unref()
  }
}

/** To be awaited once the program has ended, before the emulator is closed. */
export async function tellEnd(pod: PodEnd | undefined, containers: Containers, exitCode: number): Promise<void> {
  await pod?.ended(exitCode)
  await containers.settled(farewellMs)
}
