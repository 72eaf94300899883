import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubernetesTools } from '../tools/kubectl.ts'
import { root, startCommand } from './command.ts'

const folder = join(root, '..', 'shared', 'conformance')

/** How an area's recorded cases fared. */
export interface AreaResult {
  passed: number
  failed: number
  failures: { id: string; diff: string[] }[]
}

/** The areas of recorded cases; none where the recordings are absent. */
export function listAreas(): string[] {
  const cases = join(folder, 'cases')
  if (!existsSync(cases)) return []
  return readdirSync(cases)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.replace('.mjs', ''))
    .sort()
}

/** Replays one area's cases against an `inpod start` of its own. */
export async function replayArea(area: string): Promise<AreaResult> {
  const { kubectl } = await kubernetesTools()
  const scratch = mkdtempSync(join(tmpdir(), 'inpod-conformance-'))
  try {
    await using command = await startCommand()
    const { server, caFile, token } = command.started
    const file = join(scratch, 'result.json')
    const args = ['--server', server, '--ca', caFile, '--token', token, '--kubectl', kubectl, '--json', file, area]
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [join(folder, 'replay.mjs'), ...args], { maxBuffer: 1 << 26 }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
    if (!existsSync(file)) throw new Error(`the replay of ${area} broke off: ${output}`)
    return JSON.parse(readFileSync(file, 'utf8')).report[area]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
