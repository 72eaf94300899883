// `--probes` and `--hooks`: what the kubelet does for a container while it runs. Loaded only with these options.
import { type HandlerTarget, runHook } from '../kubelet/handlers.ts'
import type { Handler } from '../kubelet/pod-types.ts'
import { type Probing, startProbes } from '../kubelet/prober.ts'
import type { EmulatedContainer } from '../pod-container.ts'
import { runInside } from '../sandbox/run-inside.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Printer } from './command.ts'

/** What is asked for of a Pod's manifest. */
export interface CareOptions {
  probes: boolean
  hooks: boolean
}

interface CareInput extends CareOptions {
  container: EmulatedContainer
  sandbox: Sandbox
  print: Printer
  /** The Pod has a network of its own. */
  isolated: boolean
}

export interface Care {
  /** To be called once the program runs. */
  onStart(): void
  /** True when the signal is taken care of: it goes to the program in its time. */
  onSignal(signal: NodeJS.Signals, isThere: boolean): boolean
  /** To be called once it has ended. */
  stop(): void
}

export function careFor(input: CareInput): Care {
  const { container, sandbox, print, probes, hooks } = input
  const { name, spec, recordEvent, gracePeriodSeconds } = container
  const target: HandlerTarget = {
    container: spec,
    podIP: container.podIP,
    connect: input.isolated ? (host, port) => sandbox.connect(host, port) : undefined,
    exec: (command, milliseconds) => runInside(sandbox, command, milliseconds),
  }
  const { postStart, preStop } = (hooks ? spec.lifecycle : undefined) ?? {}
  const ending = createEnding(sandbox, preStop && (() => preStopOf(preStop, target, input)))
  let probing: Probing | undefined
  let hasEnded = false
  const end = (message: string, signal: NodeJS.Signals, seconds: number, isThere: boolean) => {
    probing?.ending()
    if (ending.begin(signal, seconds, isThere)) recordEvent('Normal', 'Killing', message)
  }
  const failed = (message: string, seconds: number, reason: string) => {
    print.warn(`${container.podName}: ${reason}: it is ended`)
    end(message, 'SIGTERM', seconds, false)
  }
  const afterStart = () => {
    if (!probes) return container.started()
    let last = ''
    probing = startProbes(target, {
      onHealth: (health) => container.started(health),
      onEvent(reason, message) {
        last = message
        recordEvent('Warning', reason, message)
      },
      onFailure(kind, probe) {
        const message = `Container ${name} failed ${kind} probe`
        failed(message, probe.terminationGracePeriodSeconds ?? gracePeriodSeconds, `${message} (${last.trim()})`)
      },
    })
  }
  return {
    onStart() {
      if (postStart === undefined) return afterStart()
      runHook(postStart, target).then(
        () => hasEnded || afterStart(),
        (error: Error) => {
          if (hasEnded) return
          recordEvent('Warning', 'FailedPostStartHook', 'PostStartHook failed')
          failed('FailedPostStartHook', gracePeriodSeconds, `the postStart hook of container ${name} failed (${error.message.trim()})`)
        },
      )
    },
    onSignal(signal, isThere) {
      if (signal !== 'SIGTERM' && signal !== 'SIGINT') return false
      end(`Stopping container ${name}`, signal, gracePeriodSeconds, isThere)
      return true
    },
    stop() {
      hasEnded = true
      probing?.stop()
      ending.stop()
    },
  }
}

/** That it fails stops nobody. */
async function preStopOf(preStop: Handler, target: HandlerTarget, { container, print }: CareInput): Promise<void> {
  try {
    await runHook(preStop, target)
  } catch (error) {
    container.recordEvent('Warning', 'FailedPreStopHook', 'PreStopHook failed')
    print.warn(`${container.podName}: the preStop hook of container ${container.name} failed (${(error as Error).message.trim()})`)
  }
}

/** The program has no less after a preStop hook (kubernetes/pkg/kubelet, minimumGracePeriodInSeconds). */
const LEAST_SECONDS = 2

/** The end of a program: the preStop hook, then the signal, and SIGKILL when its time is over, of which the hook's is a part. */
function createEnding(sandbox: Sandbox, preStop: (() => Promise<void>) | undefined) {
  let timer: NodeJS.Timeout | undefined
  let hasBegun = false
  let hasEnded = false
  const killIn = (seconds: number) => {
    clearTimeout(timer)
    if (!hasEnded) timer = setTimeout(() => sandbox.kill(), seconds * 1_000)
  }
  return {
    /** False when it has begun before; the signal then goes to the program at once. */
    begin(signal: NodeJS.Signals, seconds: number, isThere: boolean): boolean {
      const deliver = () => {
        if (!isThere) sandbox.signal(signal)
      }
      if (hasBegun || preStop === undefined) {
        deliver()
        if (!hasBegun) killIn(seconds)
      } else {
        const begun = performance.now()
        const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1_000).unref())
        void Promise.race([preStop(), limit]).then(() => {
          killIn(Math.max(LEAST_SECONDS, seconds - (performance.now() - begun) / 1_000))
          deliver()
        })
      }
      const isFirst = !hasBegun
      hasBegun = true
      return isFirst
    },
    stop() {
      hasEnded = true
      clearTimeout(timer)
    },
  }
}
