import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { takeBuiltinsDirectly } from './builtins.ts'
import { noticesOf } from './notices.ts'
import type { Package } from './packages.ts'

// A bundled CommonJS dependency asks for Node's own modules with `require`.
const REQUIRE = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);\n"
const withRequire = (code: string) => (/\brequire\b/.test(code) ? REQUIRE + code : code)

/**
 * Bundles a package with its development dependencies into `dist`; what is imported dynamically gets chunks of its own. Its
 * `dependencies` stay imports. Returns the names of all files written.
 */
export async function bundle({ folder, entries }: Package, dist: string): Promise<Set<string>> {
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const result = await build({
    entryPoints: entries,
    outdir: dist,
    absWorkingDir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    conditions: ['source'],
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    chunkNames: 'chunk-[hash]',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    plugins: [sources(folder)],
    logLevel: 'warning',
  })
  const files = result.outputFiles.map(({ path, text }) => ({ name: basename(path), contents: withRequire(text) }))
  const notices = noticesOf(Object.keys(result.metafile.inputs), folder)
  if (notices !== '') files.push({ name: 'THIRD-PARTY-NOTICES.txt', contents: notices })
  mkdirSync(dist, { recursive: true })
  const isEntry = (name: string) => name.replace(/\.js$/, '') in entries
  for (const { name, contents } of files.sort((a, b) => Number(isEntry(a.name)) - Number(isEntry(b.name))))
    replaceFile(join(dist, name), contents)
  return new Set(files.map(({ name }) => name))
}

function replaceFile(file: string, contents: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, file)
}

/** Keeps `import.meta.url` what it is in the source file, so that paths relative to a source file hold in the bundle too. */
function sources(folder: string): Plugin {
  return {
    name: 'sources',
    setup({ onLoad }) {
      onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        const own = relative(join(folder, 'dist'), path)
        const url = `new URL(${JSON.stringify(own)}, import.meta.url)`
        const contents = takeBuiltinsDirectly(source)
          // What is loaded at its first use, without waiting, is bundled too.
          .replaceAll('createRequire(import.meta.url)(', 'require(')
          .replaceAll('import.meta.url', `${url}.href`)
          .replaceAll('import.meta.dirname', `process.getBuiltinModule('node:url').fileURLToPath(new URL('.', ${url}))`)
          .replaceAll('import.meta.filename', `process.getBuiltinModule('node:url').fileURLToPath(${url})`)
        return { contents, loader: 'ts' }
      })
    },
  }
}
