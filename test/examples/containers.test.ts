// There may be no Docker here. A container of its arguments is made of namespaces by hand, and the file for docker compose is held
// against these arguments.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { root } from '../../scripts/build/packages.ts'
import { hasUserNamespaces, runInpod, scratchFolder, startInpod } from '../cli/inpod.ts'
import { manifestsOf } from '../clients/pod.ts'
import { describeClient } from '../clients/suite.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const run = promisify(execFile)

interface Arguments {
  network: string
  envFile: string
  /** `SOURCE:TARGET:ro`. */
  volume: string
}

/** Starts a server; gives what `inpod env --docker` says, and where the Pod's files are. */
async function start(options: string[]): Promise<Arguments & AsyncDisposable & { podRoot: string }> {
  const running = startInpod(['start', '--json', ...options])
  const line = await running.said(/^\{.*\}\n/)
  const from = join(scratch.path, `${running.child.pid}.json`)
  writeFileSync(from, line)
  const { out } = await runInpod(['env', '--docker', '--from', from])
  const words = out.trim().split(' ')
  const after = (option: string) => words[words.indexOf(option) + 1]!
  return {
    network: after('--network'),
    envFile: after('--env-file'),
    volume: after('-v'),
    podRoot: JSON.parse(line).podRoot,
    async [Symbol.asyncDispose]() {
      running.child.kill('SIGTERM')
      await running.finished
    },
  }
}

test.skipIf(process.platform !== 'linux')('docker compose is told what docker run is (on Linux)', { timeout: 60_000 }, async () => {
  await using started = await start([])
  const file = readFileSync(join(root, 'docs/examples/compose.inpod.yaml'), 'utf8').replaceAll(/\$\{POD_ROOT\}/g, started.podRoot)
  expect(started).toMatchObject({
    network: /network_mode: (.*)/.exec(file)?.[1],
    envFile: /env_file: (.*)/.exec(file)?.[1],
    volume: /volumes:\n +- (.*)/.exec(file)?.[1],
  })
})

/** As a container runtime does it, with the host's network: a file system of its own, the volume, the variables of the file alone. */
const CONTAINER = `
set -eu
mkdir -p "$1$3"
mount --bind "$2" "$1$3"
chroot=$(command -v chroot)
set -- "$1" "$5" $(cat "$4")
root=$1 program=$2
shift 2
exec env -i "$@" "$chroot" "$root" "$program"
`

describeClient('client-go', (command) => {
  test.skipIf(!hasUserNamespaces)(
    'runs in a container with the arguments for it (needs user namespaces)',
    { timeout: 120_000 },
    async () => {
      const manifests = manifestsOf('allowed').flatMap((file) => ['-f', file])
      await using started = await start([...manifests, '-n', 'team-a', '--service-account', 'demo-sa'])
      const image = join(scratch.path, 'image')
      mkdirSync(join(image, 'tmp'), { recursive: true })
      copyFileSync(command().argv[0], join(image, 'app'))
      const [source, target] = started.volume.split(':') as [string, string]
      const container = [
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        CONTAINER,
        'sh',
        image,
        source,
        target,
        started.envFile,
        '/app',
      ]
      const { stdout } = await run('unshare', container, { timeout: 60_000 })
      const steps = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { step: string; ok: boolean })
      expect(steps.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
    },
  )
})
