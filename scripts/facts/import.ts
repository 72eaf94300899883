// Takes recorded facts of the Kubernetes API into packages/emulator/facts, split and compressed so that a start reads only what it needs:
//   node scripts/facts/import.ts FACTS_DIR [VERSION_DIR …]
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { openApiV2 } from '../../packages/emulator/src/endpoints/openapi/swagger.ts'
import { openApiDocuments, schemaLines } from './openapi-v3.ts'
import { resourceTable } from './resource-table.ts'
import { typeTable } from './type-table.ts'

const here = dirname(fileURLToPath(import.meta.url))
const [source, ...only] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: node scripts/facts/import.ts FACTS_DIR [VERSION_DIR …]')
  process.exit(2)
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))

/** gzip, as every Node has it, and as HTTP can send it on without decoding. */
function write(file: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const bytes = gzipSync(text, { level: 9 })
  // The byte that names the operating system differs between machines; the facts should not.
  bytes[9] = 255
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  console.log(file, `${Math.round(text.length / 1024)} KiB, ${Math.round(bytes.length / 1024)} KiB compressed`)
}

function importVersion(version: string): void {
  const from = resolve(source as string, version)
  const to = resolve(here, '../../packages/emulator/facts', version)
  rmSync(to, { recursive: true, force: true })
  const goTypes = JSON.parse(gunzipSync(readFileSync(join(here, 'go-types', `${version}.json.gz`))).toString())
  const { types, goNames } = typeTable(readJson(from, 'wire-types.json'), goTypes)
  write(join(to, 'resources.json.gz'), resourceTable(readJson(from, 'discovery.json')))
  write(join(to, 'types.json.gz'), types)
  write(join(to, 'go-names.json.gz'), goNames)
  write(join(to, 'bootstrap.json.gz'), readJson(from, 'bootstrap.json'))
  write(join(to, 'table-columns.json.gz'), readJson(from, 'table-columns.json'))
  const documents = new Map(
    readdirSync(join(from, 'openapi-v3')).map((file) => [
      file
        .replace(/\.json$/, '')
        .replace(/^(apis?|openid|\.well-known)_/, '$1/')
        .replace(/^(apis\/[^_]+|openid\/v1)_/, '$1/'),
      readJson(from, 'openapi-v3', file),
    ]),
  )
  const { index, texts } = openApiDocuments(documents)
  write(join(to, 'openapi-v3', 'index.json.gz'), index)
  for (const [path, text] of texts) write(join(to, 'openapi-v3', `${path.replaceAll('/', '_')}.json.gz`), text)
  write(join(to, 'openapi-v2.json.gz'), openApiV2(documents))
  write(join(to, 'schemas.jsonl.gz'), schemaLines(documents))
}

for (const version of only.length > 0 ? only : readdirSync(source).filter((name) => /^v\d+\.\d+$/.test(name))) importVersion(version)
