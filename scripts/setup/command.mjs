import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/**
 * Runs a command to its end; passes SIGINT, SIGTERM and SIGHUP on to it. Its output is shown only when it fails.
 * Throws an error with `exitCode` when the command fails.
 */
export async function runCommand([program, args], { cwd, hint }) {
  const output = []
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (...end) => resolve(end))
    })
    if (code === 0) return
    process.stderr.write(Buffer.concat(output))
    const end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
    const error = new Error([`\`${[program, ...args].join(' ')}\` ${end}`, ...(hint && !signal ? [hint] : [])].join('; '))
    throw Object.assign(error, { exitCode: signal ? 128 + constants.signals[signal] : code })
  } finally {
    for (const signal of signals) process.off(signal, forward)
  }
}
