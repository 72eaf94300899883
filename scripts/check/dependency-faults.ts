// What is held against dependencies and against the packages that are published, by what lies in the working copy.
import type { LockedPackage } from './lock-file.ts'

export interface Manifest {
  name?: string
  private?: boolean
  files?: string[]
  scripts?: Record<string, string>
  publishConfig?: { access?: string; provenance?: boolean }
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Licences under which bundled code may be passed on with Apache-2.0. */
const LICENCES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])
/** Bundled packages that carry no text of their licence. */
const WITHOUT_TEXT = new Set(['tmp-promise'])
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']
const OWN_INSTALL_SCRIPTS = [...INSTALL_SCRIPTS, 'prepare', 'preprepare', 'postprepare', 'prepublish']

/** From the registry alone, and only what was locked. */
export function lockFaults(packages: LockedPackage[]): string[] {
  if (packages.length === 0) return ['pnpm-lock.yaml: no packages found']
  return packages.flatMap(({ name, version, resolution }) => {
    const of = `pnpm-lock.yaml: ${name}@${version}`
    if (!/^\d+\.\d+\.\d+/.test(version) || /tarball:|repo:|directory:|type: git/.test(resolution)) return [`${of} is not from the registry`]
    return /integrity: sha512-[A-Za-z0-9+/]{86}==/.test(resolution) ? [] : [`${of} has no sha512 integrity`]
  })
}

/** Versions are exact, so that an update is a change that somebody sees. Ranges of peers are the users' affair. */
export function versionFaults({ name, dependencies, devDependencies, optionalDependencies }: Manifest): string[] {
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  return all.flatMap(([dependency, wanted]) =>
    /^(workspace:\*|(npm:(@[^@/]+\/)?[^@/]+@)?\d+\.\d+\.\d+(-[\w.]+)?)$/.test(wanted)
      ? []
      : [`${name}: the version of ${dependency} is not exact: ${wanted}`],
  )
}

/**
 * Only those run something when they are installed that the workspace names, and those it names do.
 * @param named `allowBuilds` of the workspace
 */
export function installScriptFaults(installed: Manifest[], named: readonly string[]): string[] {
  const running = new Set(installed.flatMap(({ name, scripts = {} }) => (INSTALL_SCRIPTS.some((each) => scripts[each]) ? [name!] : [])))
  return [
    ...[...running].filter((name) => !named.includes(name)).map((name) => `${name} runs a script when it is installed`),
    ...named.filter((name) => !running.has(name)).map((name) => `pnpm-workspace.yaml: ${name} runs no script when it is installed`),
  ]
}

/** @param notices of the code that a package is bundled with */
export function licenceFaults(notices: string): string[] {
  const parts = notices.split(`\n${'-'.repeat(80)}\n\n`)
  return parts.flatMap((part) => {
    const [, name, licence, text = ''] = /^(\S+) \S+ \((.*)\)\n([\s\S]*)$/.exec(part) ?? []
    if (name === undefined) return [`a notice without a name and a licence: ${part.slice(0, 60)}`]
    if (!LICENCES.has(licence!)) return [`${name} is bundled, and its licence is not one of ours: ${licence}`]
    return text.trim() === '' && !WITHOUT_TEXT.has(name) ? [`${name} is bundled without the text of its licence`] : []
  })
}

/** Of a package that is published. */
export function publishingFaults({ name, files = [], scripts = {}, publishConfig = {} }: Manifest): string[] {
  return [
    ...(publishConfig.provenance === true && publishConfig.access === 'public' ? [] : [`${name} is not published with provenance`]),
    ...(files.length > 0 ? [] : [`${name} does not say which files it has`]),
    ...OWN_INSTALL_SCRIPTS.filter((each) => scripts[each]).map((each) => `${name} runs a script when it is installed: ${each}`),
  ]
}
