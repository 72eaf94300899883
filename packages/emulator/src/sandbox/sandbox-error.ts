import { EmulatorError } from '../errors.ts'
import type { WayError } from './enclosure.ts'

/** Why no way could be taken, and what to do about it. */
export function sandboxError(failures: WayError[], { network }: { network: boolean }): EmulatorError {
  const reasons = failures.map(({ tried, message }) => `\n  tried ${tried}\n    ${message}`)
  const what = network ? 'a network of its own' : "a Pod's files"
  return new EmulatorError('ERR_SANDBOX', `cannot give the program ${what}${reasons.join('')}`, { hint: remedy(failures, network) })
}

/**
 * A shell that could not even begin with the program has an exit code that is not the program's.
 * @param complaint of the shell
 * @throws EmulatorError ERR_PROCESS
 */
export function throwIfNotForked(complaint: string): void {
  if (!/\bfork\b/.test(complaint)) return
  const hint = 'The machine has no room for another process: end some, or raise the limit (ulimit -u).'
  throw new EmulatorError('ERR_PROCESS', `cannot start the program: ${complaint.trim()}`, { hint })
}

/** By what the system said. */
function remedy(failures: WayError[], network: boolean): string {
  const said = failures.map(({ message }) => message).join('\n')
  const otherwise = network ? "Or share this machine's network: --network host." : 'Or give up the real path: --sandbox pod-root.'
  if (process.platform !== 'linux') return `Only Linux has namespaces. ${otherwise}`
  for (const tools of ['util-linux', 'iproute2'])
    if (said.includes(`install ${tools}`)) return `Install ${tools} (Debian: apt install ${tools}; Alpine: apk add ${tools}). ${otherwise}`
  if (/unknown device type/i.test(said)) return `The kernel has no virtual interfaces: load them (as root: modprobe veth). ${otherwise}`
  return [
    'Allow user namespaces (as root: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000, and on Ubuntu 24.04',
    '  or newer sysctl kernel.apparmor_restrict_unprivileged_userns=0), in Docker run as root or with --security-opt seccomp=unconfined',
    `  --security-opt apparmor=unconfined. ${otherwise}`,
  ].join('\n')
}
