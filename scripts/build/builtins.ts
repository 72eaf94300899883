const NAMED_IMPORT = /^import\s*\{([^}]*)\}\s*from\s*['"](node:[^'"]+)['"];?/gm

/**
 * Rewrites `import { a } from 'node:x'` to `const { a } = process.getBuiltinModule('node:x')`. An ES import of one of Node's modules
 * reads each of its exports once, and so loads all that they stand for: streams for `node:fs`, Web Crypto for `node:crypto`.
 */
export function takeBuiltinsDirectly(source: string): string {
  return source.replace(NAMED_IMPORT, (_, clause: string, name: string) => {
    const names = clause
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '' && !part.startsWith('type '))
      .map((part) => part.replace(/^([\w$]+)\s+as\s+/, '$1: '))
    return names.length === 0 ? '' : `const { ${names.join(', ')} } = process.getBuiltinModule('${name}');`
  })
}
