import { join } from 'node:path'
import { type Toolchain, toolchains } from './toolchains.ts'

export const root = join(import.meta.dirname, '..', '..')
export const sources = join(root, 'test', 'clients')

/** A command of a build; its working directory is `test/clients`. */
export interface Command {
  program: string
  arguments: string[]
  environment?: Record<string, string>
}

/** How the programs of one language are made. What they come to is kept in `.cache/clients/NAME`. */
export interface Build {
  needs: Toolchain[]
  /** Files and folders of `test/clients` that the output depends on. */
  inputs: string[]
  commands(output: string): Command[]
}

const { go, python, java, maven, rust } = toolchains

export const builds = {
  go: {
    needs: [go],
    inputs: ['go'],
    commands: (output) => [
      {
        program: 'go',
        arguments: ['-C', 'go', 'build', '-mod=readonly', '-buildvcs=false', '-ldflags=-s -w', '-o', `${output}/`, './...'],
        environment: { CGO_ENABLED: '0' },
      },
    ],
  },
  python: {
    needs: [python],
    inputs: ['python/requirements.txt'],
    commands: (output) => [
      { program: 'python3', arguments: ['-m', 'venv', '--clear', output] },
      {
        program: join(output, 'bin', 'pip'),
        arguments: ['install', '--quiet', '--disable-pip-version-check', '--requirement', 'python/requirements.txt'],
      },
    ],
  },
  java: {
    needs: [java, maven],
    inputs: ['java'],
    commands: (output) => [
      {
        program: 'mvn',
        arguments: ['--batch-mode', '--no-transfer-progress', '--quiet', '--file', 'java/pom.xml', `-Doutput=${output}`, 'package'],
      },
    ],
  },
  rust: {
    needs: [rust],
    inputs: ['rust'],
    commands: (output) => [
      { program: 'cargo', arguments: ['build', '--locked', '--quiet', '--manifest-path', 'rust/Cargo.toml', '--target-dir', output] },
    ],
  },
} as const satisfies Record<string, Build>

export type BuildName = keyof typeof builds
