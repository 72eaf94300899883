export function hashContents(root: string, files: string[]): string
export function hashTree(root: string, paths: string[]): string
export function isCurrent(stamp: string, hash: string): boolean
export const stampFile: { remove(stamp: string): void; write(stamp: string, hash: string): void }
