/** What pnpm-lock.yaml says of a package of a registry. */
export interface LockedPackage {
  name: string
  version: string
  /** The text of its `resolution`. */
  resolution: string
}

/** Reads the part of a lock file that names packages and where they come from (lockfileVersion 9). */
export function readLockFile(text: string): LockedPackage[] {
  const section = /^packages:\n([\s\S]*?)(?=^\S|$(?![\s\S]))/m.exec(text)?.[1] ?? ''
  const entries = section.matchAll(/^ {2}'?((?:@[^@\s']+\/)?[^@\s']+)@(.+?)'?:\n((?: {4}.*\n?|\n)*)/gm)
  return [...entries].map(([, name, version, body]) => ({
    name: name!,
    version: version!,
    resolution: /^ {4}resolution: (.*)$/m.exec(body!)?.[1] ?? '',
  }))
}
