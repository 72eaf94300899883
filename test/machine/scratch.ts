// A place of a test's own for what the command leaves, and what it left.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Scratch {
  path: string
  /** TMPDIR, HOME and the like, all below it. */
  env: Record<string, string>
  /** Names of what is in the folder for temporary files. */
  left(): string[]
  write(name: string, text: string): string
  remove(): void
}

export function scratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'test-machine-'))
  chmodSync(path, 0o777)
  const below = (name: string) => {
    const folder = join(path, name)
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    return folder
  }
  const [temporary, home, runtime] = ['tmp', 'home', 'run'].map(below) as [string, string, string]
  chmodSync(runtime, 0o700)
  return {
    path,
    env: { TMPDIR: temporary, HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CACHE_HOME: join(home, '.cache') },
    left: () => readdirSync(temporary),
    write(name, text) {
      const file = join(path, name)
      writeFileSync(file, text)
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** A Pod whose volumes need a folder for temporary files. */
export const podManifest = `
apiVersion: v1
kind: Pod
metadata: {name: machine}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: app, image: registry.example/app:1, volumeMounts: [{name: data, mountPath: /data}, {name: config, mountPath: /etc/app}]}
  volumes:
  - {name: data, emptyDir: {}}
  - {name: config, configMap: {name: kube-root-ca.crt}}
`

/** Ways to run a program, by what they need of the machine. */
export const runs = (pod: string): Array<[name: string, args: string[]]> => [
  ['exec', ['exec']],
  ['exec --pod', ['exec', '--pod', pod]],
  ['exec --replicas', ['exec', '--replicas', '2']],
  ['exec --sandbox pod-root', ['exec', '--sandbox', 'pod-root']],
]
