/**
 * The layers of packages/emulator/src, top to bottom: a file may import its own folder and what stands below, nothing above. Folders
 * of one row may import each other, as long as that makes no cycle. A file named here stands in its own row, whatever its folder.
 */
export const layers: string[][] = [
  ['cli'],
  ['index.ts'],
  ['emulator.ts', 'emulator'],
  ['sandbox'],
  ['scenario'],
  ['pod'],
  ['recording'],
  ['server'],
  ['endpoints'],
  ['admission'],
  ['authentication', 'authorization'],
  ['registry'],
  ['service-account'],
  ['storage'],
  ['pki'],
  // What a request's user is: a plain record that every layer passes on.
  ['authentication/user-info.ts'],
  ['apimachinery', 'facts', 'errors.ts'],
]

/** Third-party packages that more than one folder may import, with the reason. */
export const sharedDependencies: Record<string, string> = {}
