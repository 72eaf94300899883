import { randomInt } from 'node:crypto'

const MOST = 254

/**
 * An address of this machine for each Pod. On Linux all of 127.0.0.0/8 is the loopback interface's, so that Pods can listen at the same port;
 * the net is chosen at random, since others may do the same at the same time. Elsewhere there is 127.0.0.1 alone.
 */
export function podAddresses(count: number, platform: string = process.platform): string[] {
  if (platform !== 'linux' || count > MOST) return Array.from({ length: count }, () => '127.0.0.1')
  const net = `127.${randomInt(64, 128)}.${randomInt(256)}`
  return Array.from({ length: count }, (_, index) => `${net}.${index + 1}`)
}
